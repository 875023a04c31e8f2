import MQTTSession
import Tape

extension Publisher {
    /// Connects, waits for the broker's answer, and makes sure who it is; nothing has been published then.
    ///
    /// - Parameter deadline: until when the answer is awaited at most, ns of the monotonic clock.
    /// - Throws: ``ReplayError`` when there is no connection, or not with the right broker.
    func open(until deadline: Int64 = .max) throws(ReplayError) {
        do {
            let target = try makeTarget()
            try target.connect()
            let terms = try awaitAnswer(of: target, until: deadline)
            try checkPeer(target.peer)
            self.target = target
            maximumQoS = terms.maximumQoS
            window = max(1, min(Int(terms.receiveMaximum), limits.window))
        } catch let error as ReplayError {
            throw error
        } catch let error as ConnectionError {
            throw .connection(error)
        } catch {
            throw .system(action: "connect", reason: "\(error)")
        }
        inFlight = InFlight()
        isFlushed = true
        isReadable = true
        isFruitful = false
        nextMaintenance = clock.monotonic &+ 1_000_000_000
    }

    private func awaitAnswer(
        of target: any PublishTarget, until deadline: Int64
    ) throws -> ConnectionAcknowledgement {
        let start = clock.monotonic
        let end = min(start &+ limits.connectTimeout, deadline)
        while true {
            if shouldStop() { throw ReplayError.cancelled }
            _ = try target.read(limit: 16)
            for case .connected(let terms) in target.takeEvents() { return terms }
            // With TLS the CONNECT itself waits until the handshake is done.
            _ = try target.flush()
            let left = end &- clock.monotonic
            guard left > 0 else {
                throw ReplayError.silent(broker: target.broker, seconds: max(1, (end &- start) / 1_000_000_000))
            }
            if target.wait(timeout: left, writing: false, wake: wake.descriptor).woken { wake.reset() }
        }
    }

    /// Waits until enough of the tape is in memory, so that the first messages are not late for want of it.
    func awaitReadAhead() throws(ReplayError) {
        while !queue.isReady {
            if shouldStop() { throw .cancelled }
            do {
                try serve()
                _ = try target?.flush()
            } catch {
                throw .connection(error)
            }
            wait()
        }
        if shouldStop() { throw .cancelled }
    }

    /// Connects again, as often and as long as it makes sense; why it is over if it does not.
    func recover(from error: ConnectionError) -> ReplayReport.Ending? {
        // What was written or acknowledged before the connection broke still counts.
        takeEvents()
        backlog = (inFlight.takeAll() + backlog)[...]
        target = nil
        report.disconnections += 1
        fruitlessConnections = isFruitful ? 0 : fruitlessConnections + 1
        observe(.lost(error))
        let lostAt = clock.monotonic
        defer { report.outage += clock.monotonic &- lostAt }
        guard error.isTransient, fruitlessConnections < limits.fruitlessConnections else {
            return .connectionLost("\(error)")
        }
        backoff.reset()
        let deadline = min(lostAt &+ limits.outage, standstillEnd ?? .max)
        while true {
            if stopDeadline != nil || shouldStop() { return .interrupted }
            let left = deadline &- clock.monotonic
            guard left > 0 else { return .connectionLost(reason(error, after: clock.monotonic &- lostAt)) }
            pause(min(backoff.next(), left))
            if shouldStop() { return .interrupted }
            do {
                try open(until: deadline)
                lastProgress = clock.monotonic
                observe(.reconnected(outage: clock.monotonic &- lostAt, waiting: backlog.count))
                return nil
            } catch {
                if case .cancelled = error { return .interrupted }
                guard error.isTransient else { return .connectionLost("\(error)") }
                observe(.stillLost(error))
            }
        }
    }

    private func reason(_ error: ConnectionError, after outage: Int64) -> String {
        "\(error); for \(outage / 1_000_000_000) s no new connection came about"
    }

    /// Waits without a connection; a stop signal ends it.
    private func pause(_ length: Int64) {
        let end = clock.monotonic &+ length
        // A target that is not connected waits for the wake signal alone.
        guard let idle = try? makeTarget() else { return }
        while !shouldStop() {
            let left = end &- clock.monotonic
            guard left > 0 else { return }
            if idle.wait(timeout: left, writing: false, wake: wake.descriptor).woken { wake.reset() }
        }
    }
}

extension ReplayError {
    /// Whether connecting again may help.
    fileprivate var isTransient: Bool {
        switch self {
        case .connection(let error): error.isTransient
        case .silent: true
        case .cancelled, .source, .clientIDTaken, .system: false
        }
    }
}
