import MQTTSession
import MQTTWire
import Tape

extension Publisher {
    private static let roundLength = 256
    private static let flushInterval = 64

    /// Publishes what is due, as far as window and socket allow; one round at most, so that answers are read too.
    func publishDue() throws(ConnectionError) {
        try flush()
        for position in 1...Self.roundLength {
            guard isFlushed, let message = nextMessage(), hasRoom(for: message) else { break }
            let deadline = schedule.deadline(at: message.offset)
            if let deadline, deadline > clock.monotonic { break }
            try publish(message, deadline: deadline)
            // With a deadline each message is written for itself, so that its lateness is its own.
            if deadline != nil || position.isMultiple(of: Self.flushInterval) { try flush() }
        }
        try flush()
    }

    /// Waits until something can be done again.
    func wait() {
        guard let target else { return }
        let now = clock.monotonic
        var end = nextMaintenance
        if isReadable { end = now }
        if isFlushed, let message = nextMessage(), hasRoom(for: message) {
            end = min(end, schedule.deadline(at: message.offset) ?? now)
        }
        if let stopDeadline { end = min(end, stopDeadline) }
        let readiness = target.wait(timeout: max(0, end &- now), writing: !isFlushed, wake: wake.descriptor)
        if readiness.readable { isReadable = true }
        if readiness.woken { wake.reset() }
    }

    /// Reads what the broker has to say and keeps the connection alive.
    func serve() throws(ConnectionError) {
        guard let target else { return }
        if isReadable {
            isReadable = !(try target.read(limit: 512))
            takeEvents()
        }
        let now = clock.monotonic
        if now >= nextMaintenance {
            nextMaintenance = now &+ 1_000_000_000
            try target.maintain()
        }
    }

    func takeEvents() {
        guard let target else { return }
        for case .published(let packetID, let code) in target.takeEvents() {
            let now = clock.monotonic
            guard let entry = inFlight.complete(packetID, { noteWritten($0, at: now) }) else { continue }
            lastProgress = now
            isFruitful = true
            standstillEnd = nil
            guard entry.message.qos != .atMostOnce else { continue }
            if code >= 0x80 {
                report.refusedByCode[code, default: 0] += 1
            } else {
                report.acknowledged += 1
            }
        }
    }

    private func flush() throws(ConnectionError) {
        guard let target else { return }
        isFlushed = try target.flush()
        if isFlushed {
            let now = clock.monotonic
            inFlight.markWritten { noteWritten($0, at: now) }
        }
        takeEvents()
    }

    private func hasRoom(for message: OutgoingMessage) -> Bool {
        if inFlight.isEmpty { return true }
        guard inFlight.bytes &+ message.cost <= limits.bytes, inFlight.span < InFlight.longestSpan else { return false }
        return message.qos == .atMostOnce || inFlight.unacknowledged < window
    }

    private func publish(_ message: OutgoingMessage, deadline: Int64?) throws(ConnectionError) {
        guard let target else { return }
        var message = message
        let isLowered = message.qos > maximumQoS
        if isLowered { message.qos = maximumQoS }
        do {
            let packetID = try target.publish(
                topic: message.topic, payload: message.payload, qos: message.qos, retain: message.retain,
                properties: message.properties)
            // Before this nothing was on its way that could have made progress.
            if inFlight.isEmpty { lastProgress = clock.monotonic }
            inFlight.add(InFlight.Entry(message: message, packetID: packetID, deadline: deadline))
            if isLowered { report.loweredQoS += 1 }
        } catch .unsendable(let topic, let reason) {
            report.unsendable += 1
            if report.unsendableExamples.count < 5 {
                let error = ConnectionError.unsendable(topic: topic, reason: reason)
                report.unsendableExamples.append("seq \(message.sequence): \(error)")
            }
        }
        dropNext()
    }

    private func noteWritten(_ entry: InFlight.Entry, at now: Int64) {
        lastProgress = now
        if entry.message.isRepeat {
            report.repeated += 1
            return
        }
        report.sent += 1
        report.sentBytes += Int64(entry.message.size)
        report.duration = now &- schedule.start
        lastOffset = max(lastOffset, entry.message.offset)
        if let deadline = entry.deadline { lateness.record(now &- deadline) }
    }
}
