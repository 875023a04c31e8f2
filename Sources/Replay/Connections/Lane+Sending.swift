import CLinux
import MQTTSession
import MQTTWire
import Tape

extension Lane {
    private static let flushInterval = 64

    /// Hands a message to the connection; it leaves with the next ``flush()``.
    func send(_ shipment: Shipment) {
        guard let target else { return park(shipment) }
        var message = shipment.message
        let isLowered = message.qos > maximumQoS
        if isLowered { message.qos = maximumQoS }
        do {
            let packetID = try target.publish(
                topic: message.topic, payload: message.payload, qos: message.qos, retain: message.retain,
                properties: message.properties)
            // Before this nothing was on its way that could have made progress.
            if inFlight.isEmpty { lastProgress = host.clock.monotonic }
            inFlight.add(InFlight.Entry(message: message, packetID: packetID, deadline: shipment.deadline))
            account(message.cost)
            if isLowered { host.report.loweredQoS += 1 }
        } catch .unsendable(let topic, let reason) {
            host.report.unsendable += 1
            if host.report.unsendableExamples.count < 5 {
                let error = ConnectionError.unsendable(topic: topic, reason: reason)
                host.report.unsendableExamples.append("seq \(message.sequence): \(error)")
            }
        } catch {
            parked = [shipment] + parked
            account(message.cost)
            host.parked += 1
            broke(error)
        }
    }

    /// Sends what waits, as far as window and socket allow.
    func pump() {
        guard !parked.isEmpty, isOpen else { return }
        var sent = 0
        while sent < 256, isOpen, isFlushed, let first = parked.first, hasRoom(for: first.message) {
            parked = parked.dropFirst()
            host.parked -= 1
            account(-first.message.cost)
            send(first)
            sent += 1
            if first.deadline != nil { flush() } else if sent.isMultiple(of: Self.flushInterval) { flushTogether() }
        }
        flush()
    }

    /// Writes many messages that are on their way at once, in as few segments as they need.
    func flushTogether() {
        guard let descriptor = target?.descriptor, descriptor >= 0 else { return flush() }
        tapedeck_cork(descriptor, true)
        flush()
        // Of another connection by now, or none, when this one broke.
        if target?.descriptor == descriptor { tapedeck_cork(descriptor, false) }
    }

    /// Writes what the socket takes.
    func flush() {
        guard let target, !isHeldBack else { return }
        do {
            isFlushed = try target.flush()
        } catch {
            return broke(error)
        }
        if isFlushed {
            let now = host.clock.monotonic
            inFlight.markWritten { noteWritten($0, at: now) }
        }
        if !isFlushed { attend() }
        host.waiter.await(writing: !isFlushed, of: self)
        takeEvents()
    }

    /// Reads what the broker has to say.
    func serve() {
        guard isReadable, let target else { return }
        do {
            isReadable = !(try target.read(limit: 512))
        } catch {
            return broke(error)
        }
        takeEvents()
        // Acknowledgements of what was received, and with TLS the CONNECT, which waits for the handshake.
        if !filters.isEmpty || !isOpen || !isFlushed { flush() }
    }

    func takeEvents() {
        guard let target else { return }
        for event in target.takeEvents() {
            switch event {
            case .published(let packetID, let code): done(packetID, code)
            case .message(let message): host.receive(message)
            case .subscribed(let packetID, let code): subscribed(packetID, code)
            case .connected(let terms):
                do { try accepted(terms) } catch { broke(error) }
            }
        }
    }

    private func done(_ packetID: Int32, _ code: UInt8) {
        let now = host.clock.monotonic
        guard let entry = inFlight.complete(packetID, { noteWritten($0, at: now) }) else { return }
        account(-entry.message.cost)
        lastProgress = now
        isFruitful = true
        standstillEnd = nil
        guard entry.message.qos != .atMostOnce else { return }
        if code >= 0x80 {
            host.report.refusedByCode[code, default: 0] += 1
        } else {
            host.report.acknowledged += 1
        }
    }

    private func noteWritten(_ entry: InFlight.Entry, at now: Int64) {
        lastProgress = now
        host.noteWritten(entry, at: now)
    }

    /// Does what time demands: keeps the connection alive, tries again, finds out that it stands still.
    func tick(_ now: Int64) {
        switch state {
        case .closed, .connecting, .gone: break
        case .waiting(let until):
            if now >= until { open() }
        case .opening(let until):
            guard now >= until, let target else { return }
            failed(.silent(broker: target.broker, seconds: max(1, (now &- openingSince) / 1_000_000_000)))
        case .open:
            if now >= nextMaintenance { maintain(now) }
            if isOpen, !(inFlight.isEmpty && isFlushed), now >= standstill { standStill(now) }
        }
    }

    private func maintain(_ now: Int64) {
        nextMaintenance = now &+ 1_000_000_000
        // While messages follow closely on one another nobody waits for what arrives.
        noteReadable()
        do {
            try target?.maintain()
        } catch {
            return broke(error)
        }
        flush()
    }

    /// Messages have been on their way for too long without a sign that any of them gets on.
    private func standStill(_ now: Int64) {
        let seconds = host.limits.silence / 1_000_000_000
        // Once more with a new connection; if that stands still as well, nothing is to be hoped for.
        guard !host.isEnding || !parked.isEmpty, standstillEnd == nil, let target else {
            return giveUp(.silence(seconds: seconds))
        }
        standstillEnd = now &+ host.limits.silence
        broke(.lost(broker: target.broker, reason: "it took and acknowledged nothing for \(seconds) s"))
    }
}
