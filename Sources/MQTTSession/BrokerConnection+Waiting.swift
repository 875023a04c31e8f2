import CLinux
import Glibc

extension BrokerConnection {
    /// What became of waiting for the socket.
    public struct Readiness: Sendable, Hashable {
        /// There is something to read, or the connection broke.
        public var readable: Bool
        /// The socket takes bytes again.
        public var writable = false
        /// The `wake` descriptor was signalled.
        public var woken = false
    }

    /// Waits for the broker's answer to CONNECT; what comes behind it stays to be read.
    ///
    /// - Parameters:
    ///   - patience: how long at most, ns.
    ///   - wake: a descriptor that becomes readable when `isStopping` is to be asked, or -1.
    ///   - isStopping: whether to give up.
    /// - Returns: the terms of the connection; nil when it was given up.
    /// - Throws: ``ConnectionError`` when the broker refuses, hangs up, or does not answer in time.
    public func awaitAcknowledgement(
        within patience: Int64, wake: Int32, isStopping: () -> Bool
    ) throws(ConnectionError) -> ConnectionAcknowledgement? {
        let deadline = MonotonicClock.now &+ patience
        while !isStopping() {
            _ = try read(limit: 1)
            if case .connected(let acknowledgement)? = takeEvents().first { return acknowledgement }
            try flush()
            let left = deadline &- MonotonicClock.now
            guard left > 0 else {
                throw .unreachable(broker: broker, reason: "no answer to CONNECT within \(patience / 1_000_000_000) s")
            }
            _ = wait(timeout: left, writing: false, wake: wake)
        }
        return nil
    }

    /// Waits until the socket can be read (or, if asked, written), `wake` is signalled, or time is up.
    ///
    /// Returns at once where the last reading stopped at a limit.
    ///
    /// - Parameters:
    ///   - timeout: how long at most, ns.
    ///   - writing: whether room for writing is awaited too.
    ///   - wake: a descriptor that ends the waiting when it becomes readable, or -1.
    /// - Returns: what ended the waiting; nothing when time was up.
    public func wait(timeout: Int64, writing: Bool, wake: Int32) -> Readiness {
        guard isDrained else { return Readiness(readable: true) }
        return readiness(tapedeck_poll(descriptor, true, writing, wake, timeout))
    }

    /// Waits until the socket takes bytes again, however much there is to read.
    ///
    /// - Parameters:
    ///   - timeout: how long at most, ns.
    ///   - wake: a descriptor that ends the waiting when it becomes readable, or -1.
    /// - Returns: what ended the waiting; nothing when time was up.
    public func waitUntilWritable(timeout: Int64, wake: Int32) -> Readiness {
        readiness(tapedeck_poll(descriptor, false, true, wake, timeout))
    }

    private func readiness(_ bits: Int32) -> Readiness {
        let bits = Int(bits)
        return Readiness(
            readable: bits & TAPEDECK_READABLE != 0, writable: bits & TAPEDECK_WRITABLE != 0,
            woken: bits & TAPEDECK_WOKEN != 0)
    }

    /// The socket, for waiting together with others; -1 when not connected.
    ///
    /// Where ``read(limit:byteLimit:)`` stopped at a limit there may be more to read although the socket is silent.
    public var descriptor: Int32 { stream?.descriptor ?? -1 }

    /// The far end of the socket: `address:port`, or the path of a Unix socket; nil when not connected.
    public var peer: String? {
        guard let stream else { return nil }
        if case .unix(let path) = options.address.transport { return path }
        return SocketPeer.name(of: stream.descriptor)
    }
}
