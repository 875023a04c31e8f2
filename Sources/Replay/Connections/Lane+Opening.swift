import MQTTSession
import MQTTWire
import Tape

extension Lane {
    /// Asks for the connection, unless it is there or on its way.
    func open() {
        switch state {
        case .closed, .waiting:
            state = .connecting
            host.opener.open(self)
        case .connecting, .opening, .open, .gone: break
        }
    }

    /// The socket is open and CONNECT under way.
    func made(_ target: any PublishTarget) {
        guard case .connecting = state else { return target.disconnect() }
        self.target = target
        isFlushed = true
        isReadable = true
        openSubscriptions = []
        let now = host.clock.monotonic
        openingSince = now
        state = .opening(until: min(now &+ host.limits.connectTimeout, loss?.until ?? .max))
        host.waiter.watch(self)
        attend()
    }

    /// No connection came about this time.
    func failed(_ error: ReplayError) {
        letGo()
        lastFailure = error
        let now = host.clock.monotonic
        if loss == nil { loss = (now, now &+ host.limits.outage, nil) }
        guard error.isTransient else { return giveUp(.connectionLost("\(error)")) }
        if hasBeenOpen { host.observe(.stillLost(error)) }
        retryLater()
    }

    /// The broker has accepted the connection.
    func accepted(_ terms: ConnectionAcknowledgement) throws(ConnectionError) {
        guard let target else { return }
        do {
            try host.checkPeer(target.peer)
        } catch {
            return failed(error)
        }
        maximumQoS = terms.maximumQoS
        window = max(1, min(Int(terms.receiveMaximum), host.limits.window))
        for filter in filters { openSubscriptions.insert(try target.subscribe(filter, qos: .atLeastOnce)) }
        if openSubscriptions.isEmpty { becomeOpen() }
    }

    /// The broker has answered a subscription.
    func subscribed(_ packetID: Int32, _ code: UInt8) {
        guard openSubscriptions.remove(packetID) != nil else { return }
        guard code < 0x80 else {
            return failed(.commandsRefused(broker: target?.broker ?? "", code: code))
        }
        if openSubscriptions.isEmpty { becomeOpen() }
    }

    private func becomeOpen() {
        let now = host.clock.monotonic
        isFruitful = false
        lastProgress = now
        nextMaintenance = now &+ 1_000_000_000
        lastFailure = nil
        if !hasBeenOpen { host.report.connections += 1 }
        if let loss, hasBeenOpen {
            host.report.outage += now &- loss.at
            host.observe(.reconnected(outage: now &- loss.at, waiting: parked.count))
        }
        loss = nil
        hasBeenOpen = true
        state = .open
        attend()
    }

    /// The connection broke: everything that is not done is kept for the next one.
    func broke(_ error: ConnectionError) {
        if case .opening = state { return failed(.connection(error)) }
        guard isOpen else { return }
        // What was written or acknowledged before the connection broke still counts.
        takeEvents()
        retain()
        letGo()
        host.report.disconnections += 1
        fruitlessConnections = isFruitful ? 0 : fruitlessConnections + 1
        host.observe(.lost(error))
        let now = host.clock.monotonic
        loss = (now, min(now &+ host.limits.outage, standstillEnd ?? .max), error)
        guard error.isTransient, fruitlessConnections < host.limits.fruitlessConnections else {
            return giveUp(.connectionLost("\(error)"))
        }
        backoff.reset()
        retryLater()
    }

    private func retryLater() {
        let now = host.clock.monotonic
        let left = (loss?.until ?? now) &- now
        guard left > 0 else {
            let passed = (now &- (loss?.at ?? now)) / 1_000_000_000
            let cause = loss?.error.map { "\($0)" } ?? lastFailure.map { "\($0)" } ?? "no connection"
            return giveUp(.connectionLost("\(cause); for \(passed) s no new connection came about"))
        }
        state = .waiting(until: now &+ min(backoff.next(), left))
    }

    func giveUp(_ ending: ReplayReport.Ending) {
        if let loss, hasBeenOpen { host.report.outage += host.clock.monotonic &- loss.at }
        loss = nil
        drop()
        letGo()
        state = .gone(ending)
        guard case .device(let device) = role else { return }
        host.report.lostDevices += 1
        if host.report.lostDeviceExamples.count < 20 {
            host.report.lostDeviceExamples.append("\(device): \(ending.reason ?? "")")
        }
    }

    private func letGo() {
        guard target != nil else { return }
        host.waiter.forget(self)
        target = nil
        isFlushed = true
        isHeldBack = false
        isReadable = false
    }

    /// Ends the connection in order.
    func close() {
        if let loss, hasBeenOpen { host.report.outage += host.clock.monotonic &- loss.at }
        loss = nil
        drop()
        host.waiter.forget(self)
        target?.disconnect()
        target = nil
    }
}

extension ReplayError {
    /// Whether connecting again may help.
    var isTransient: Bool {
        switch self {
        case .connection(let error): error.isTransient
        case .silent: true
        case .cancelled, .source, .clientIDTaken, .system, .commandsRefused, .tooManyConnections: false
        }
    }
}
