import CLinux
import Glibc
public import MQTTWire

/// A connection to an MQTT 5 broker whose network loop the caller drives; it belongs to one thread.
///
/// Acknowledgements of the messages that ``read(limit:byteLimit:)`` delivered are held back until the caller, having
/// stored the messages, lets them go with ``flush()``: PUBACK at QoS 1, PUBREC at QoS 2. Nothing else waits for them.
public final class BrokerConnection {
    /// How the connection is made.
    public let options: ConnectionOptions

    private let tls: TLSContext?
    var stream: ByteStream?
    var received = ReceiveBuffer()
    /// Packets that may leave at any time.
    var outgoing = PacketWriter()
    /// Acknowledgements that are held back.
    var answers = PacketWriter()
    var requests = Requests()
    var departures = Departures()

    var events: [ConnectionEvent] = []
    /// Bytes of the messages among the events.
    var waitingBytes = 0
    /// How many packets of the broker have come on this connection, PINGRESP among them: its signs of life.
    public internal(set) var packetsHeard = 0
    /// The accepted connection's terms, once there are any.
    var terms: ConnectionAcknowledgement?
    /// Why the broker has ended the connection, once it said so.
    var ending: ConnectionError?
    /// Whether the last ``read(limit:byteLimit:)`` read the socket empty.
    var isDrained = true
    var pulse = Pulse()

    /// How long one address of the broker, and TLS with it, may take, ns.
    private static let patience: Int64 = 10_000_000_000

    /// Prepares a connection; nothing is sent yet.
    ///
    /// - Throws: ``ConnectionError/invalidOption(name:reason:)`` when an option cannot be used.
    public init(_ options: ConnectionOptions) throws(ConnectionError) {
        self.options = options
        try Self.check(options.clientID, "client id", isNeeded: true)
        try options.username.map { text throws(ConnectionError) in try Self.check(text, "user name") }
        try options.password.map { text throws(ConnectionError) in try Self.check(text, "password") }
        if case .tls = options.address.transport { tls = try TLSContext(options.tls) } else { tls = nil }
    }

    /// The URL of the broker.
    public var broker: String { options.address.description }

    /// Opens the socket and sends CONNECT.
    ///
    /// The answer is a ``ConnectionEvent/connected(_:)`` of a later
    /// ``read(limit:byteLimit:)``.
    ///
    /// Looking up the name, opening the socket and TLS block, for ten seconds an address at most; a signal ends them.
    ///
    /// - Throws: ``ConnectionError/unreachable(broker:reason:)``.
    public func connect() throws(ConnectionError) {
        reset()
        do {
            stream = try ByteStream.open(options.address, tls, patience: Self.patience)
        } catch {
            throw .unreachable(broker: broker, reason: error.reason)
        }
        outgoing.appendConnect(options)
        try flush()
    }

    private func reset() {
        stream = nil
        received.removeAll()
        outgoing.removeAll()
        answers.removeAll()
        requests = Requests()
        departures = Departures()
        events.removeAll(keepingCapacity: true)
        waitingBytes = 0
        packetsHeard = 0
        terms = nil
        ending = nil
        isDrained = true
        pulse = Pulse()
    }

    /// Asks for the messages of a topic filter, without the retained messages of the past and with the publisher's
    /// RETAIN flag kept.
    ///
    /// Acknowledgements that are held back stay so.
    ///
    /// - Returns: the packet identifier that the answering event carries.
    /// - Throws: ``ConnectionError`` when the request cannot be sent.
    public func subscribe(_ filter: TopicFilter, qos: QualityOfService) throws(ConnectionError) -> Int32 {
        try subscribe(filter, qos: qos, takesRetained: false)
    }

    /// Asks for the messages of a topic filter, the retained messages of the past among them: they, and only they, have
    /// the RETAIN flag.
    ///
    /// - Returns: the packet identifier that the answering event carries.
    /// - Throws: ``ConnectionError`` when the request cannot be sent.
    public func subscribe(toRetained filter: TopicFilter, qos: QualityOfService) throws(ConnectionError) -> Int32 {
        try subscribe(filter, qos: qos, takesRetained: true)
    }

    private func subscribe(
        _ filter: TopicFilter, qos: QualityOfService, takesRetained: Bool
    ) throws(ConnectionError) -> Int32 {
        let packetID = try requestID(.subscribe)
        outgoing.appendSubscribe(filter, qos: qos, takesRetained: takesRetained, packetID: packetID)
        try writeOutgoing()
        return Int32(packetID)
    }

    /// Takes a subscription back; the broker's answer is not waited for.
    ///
    /// - Throws: ``ConnectionError`` when the request cannot be sent.
    public func unsubscribe(_ filter: TopicFilter) throws(ConnectionError) {
        outgoing.appendUnsubscribe(filter, packetID: try requestID(.unsubscribe))
        try writeOutgoing()
    }

    func requestID(_ kind: Requests.Kind) throws(ConnectionError) -> UInt16 {
        guard let packetID = requests.add(kind) else {
            throw .lost(broker: broker, reason: "it has left 65,535 requests without an answer")
        }
        return packetID
    }

    /// Takes the events read so far, oldest first.
    public func takeEvents() -> [ConnectionEvent] {
        defer {
            events.removeAll(keepingCapacity: true)
            waitingBytes = 0
        }
        return events
    }

    /// Writes everything that waits, acknowledgements included, as far as the socket takes it.
    ///
    /// - Returns: whether nothing is left to write.
    /// - Throws: ``ConnectionError`` when the connection is gone.
    @discardableResult
    public func flush() throws(ConnectionError) -> Bool {
        outgoing.append(&answers)
        try writeOutgoing()
        return outgoing.isEmpty
    }

    func writeOutgoing() throws(ConnectionError) {
        guard !outgoing.isEmpty else { return }
        guard let stream else { throw .lost(broker: broker, reason: "it is not connected") }
        do throws(TransportFailure) {
            while !outgoing.isEmpty {
                let count = try outgoing.write { bytes throws(TransportFailure) in
                    switch stream.send(bytes) {
                    case .bytes(let count): return count
                    case .blocked: return 0
                    case .ended: throw TransportFailure.closed
                    case .failed(let failure): throw failure
                    }
                }
                if count == 0 { break }
            }
        } catch {
            throw failure(error)
        }
        pulse.sent(at: MonotonicClock.now)
        while let packetID = departures.take(upTo: outgoing.written) {
            events.append(.published(packetID: packetID, reasonCode: 0))
        }
    }

    /// Keeps the connection alive; to be called about once a second, also while nothing is read.
    ///
    /// A PING overtakes the acknowledgements that are held back, but not what else waits to be written.
    ///
    /// - Throws: ``ConnectionError`` when the broker has not answered for too long although it was listened to.
    public func maintain() throws(ConnectionError) {
        guard terms != nil else { return }
        switch pulse.check(interval: keepAlive, at: MonotonicClock.now) {
        case .quiet: return
        case .ping:
            let mayLeave = outgoing.isEmpty
            outgoing.appendPing()
            if mayLeave { try writeOutgoing() }
        case .silent(let seconds):
            throw .lost(broker: broker, reason: "it has not answered a PING for \(seconds) s")
        }
    }

    /// Keep alive in force, in seconds; 0 for none (MQTT 5.0 §3.2.2.3.14).
    private var keepAlive: Int64 {
        terms?.serverKeepAlive.map(Int64.init) ?? Int64(max(0, options.keepAlive))
    }

    /// Sends DISCONNECT and what waited before it, and closes the connection.
    ///
    /// - Parameter forgetsSession: whether the broker shall forget the session at once instead of keeping it
    ///   for as long as its expiry says.
    public func disconnect(forgetsSession: Bool) {
        guard let stream else { return }
        outgoing.append(&answers)
        outgoing.appendDisconnect(forgetsSession: forgetsSession)
        _ = try? flush()
        stream.close()
        self.stream = nil
    }

    /// Sends DISCONNECT and what waited before it, and closes the connection; the broker keeps the session for as long
    /// as its expiry says.
    public func disconnect() {
        disconnect(forgetsSession: false)
    }

    /// What a broken stream means.
    func failure(_ error: TransportFailure) -> ConnectionError {
        guard terms == nil else { return .lost(broker: broker, reason: error.reason) }
        var reason = error.reason
        switch stream {
        case .plain where error.isClosing: reason += " before it answered; does this port want TLS (mqtts://)?"
        case .encrypted where error.isClosing:
            reason +=
                " right after the handshake; it may ask for a client certificate (--cert and --key), or not accept ours"
        default: break
        }
        return .unreachable(broker: broker, reason: reason)
    }

    private static func check(_ text: String, _ name: String, isNeeded: Bool = false) throws(ConnectionError) {
        guard !(isNeeded && text.isEmpty), text.utf8.count <= Int(UInt16.max), !text.utf8.contains(0) else {
            throw .invalidOption(
                name: name, reason: "it must have \(isNeeded ? 1 : 0) to 65535 bytes and hold no NUL (MQTT 5.0 §1.5.4)")
        }
    }
}
