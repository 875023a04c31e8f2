import CLinux
import CMosquitto
import Glibc
public import MQTTWire

/// A connection to an MQTT 5 broker whose network loop the caller drives; it belongs to one thread.
///
/// Nothing is written to the socket but in ``flush()``: acknowledgements of QoS 1 messages that ``read(limit:)``
/// delivered wait until the caller, having stored the messages, lets them go (libmosquitto's external thread mode:
/// https://mosquitto.org/api/files/mosquitto-h.html#mosquitto_threaded_set).
public final class BrokerConnection {
    /// How the connection is made.
    public let options: ConnectionOptions

    private let handle: OpaquePointer
    /// Owned here and lent to libmosquitto as its user data; freed after `mosquitto_destroy`.
    let inbox: Inbox
    private static let library = mosquitto_lib_init()

    /// Prepares a connection; nothing is sent yet.
    ///
    /// - Throws: ``ConnectionError/invalidOption(name:reason:)`` when an option cannot be used.
    public init(_ options: ConnectionOptions) throws(ConnectionError) {
        self.options = options
        _ = Self.library
        // libmosquitto's log line, from which DUP is read, is cut at some 550 bytes; the client id stands in front of it.
        guard !options.clientID.isEmpty, options.clientID.utf8.count <= 400,
            !options.clientID.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f })
        else {
            throw .invalidOption(
                name: "client id `\(options.clientID)`",
                reason: "it must have 1 to 400 bytes and hold no spaces or control characters")
        }
        inbox = Inbox(clientID: options.clientID)
        let context = Unmanaged.passUnretained(inbox).toOpaque()
        guard let handle = mosquitto_new(options.clientID, options.cleanStart, context) else {
            throw .invalidOption(name: "client id", reason: "libmosquitto refuses `\(options.clientID)`")
        }
        self.handle = handle
        mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5)
        mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(options.receiveMaximum))
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        mosquitto_threaded_set(handle, true)
        Inbox.install(on: handle)
        try configureCredentials()
        try configureTLS()
    }

    deinit {
        mosquitto_destroy(handle)
    }

    /// The URL of the broker.
    public var broker: String { options.address.description }

    /// Opens the socket and sends CONNECT.
    ///
    /// The answer is a ``ConnectionEvent/connected(_:)`` of a later
    /// ``read(limit:)``.
    ///
    /// Looking up the name and opening the socket block; a signal ends them.
    ///
    /// - Throws: ``ConnectionError/unreachable(broker:reason:)``.
    public func connect() throws(ConnectionError) {
        inbox.reset()
        var properties: OpaquePointer?
        defer { mosquitto_property_free_all(&properties) }
        if options.sessionExpiry > 0 {
            // Without it the session ends with the connection, whatever clean start says (MQTT 5.0 §3.1.2.11.2).
            mosquitto_property_add_int32(
                &properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL.identifier, options.sessionExpiry)
        }
        let (host, port): (String, Int32) =
            switch options.address.transport {
            case .tcp(let host, let port), .tls(let host, let port): (host, Int32(port))
            case .unix(let path): (path, 0)
            }
        errno = 0
        let code = mosquitto_connect_bind_v5(handle, host, port, options.keepAlive, nil, properties)
        guard code == MOSQ_ERR_SUCCESS.rawValue else {
            throw .unreachable(broker: broker, reason: reason(code, errno: errno))
        }
        try flush()
    }

    /// Asks for the messages of a topic filter: with the publisher's RETAIN flag kept, and without the retained
    /// messages of the past (MQTT 5.0 §3.8.3.1).
    ///
    /// - Returns: the packet identifier that the answering event carries.
    /// - Throws: ``ConnectionError`` when the request cannot be sent.
    public func subscribe(_ filter: TopicFilter, qos: QualityOfService) throws(ConnectionError) -> Int32 {
        var packetID: Int32 = 0
        let options = Int32(MQTT_SUB_OPT_RETAIN_AS_PUBLISHED.rawValue | MQTT_SUB_OPT_SEND_RETAIN_NEVER.rawValue)
        let code = mosquitto_subscribe_v5(handle, &packetID, filter.text, Int32(qos.rawValue), options, nil)
        try check(code)
        try flush()
        return packetID
    }

    /// Takes a subscription back; the broker's answer is not waited for.
    ///
    /// - Throws: ``ConnectionError`` when the request cannot be sent.
    public func unsubscribe(_ filter: TopicFilter) throws(ConnectionError) {
        try check(mosquitto_unsubscribe_v5(handle, nil, filter.text, nil))
        try flush()
    }

    /// Hands a message to the connection; it leaves with the next ``flush()``.
    ///
    /// Packet identifiers are sixteen bits: the caller keeps fewer messages unacknowledged than the acknowledgement of
    /// the connection allows, and never more than 65,535. Subscription identifiers and topic aliases belong to a
    /// connection and are not sent.
    ///
    /// - Returns: the packet identifier that the answering event carries.
    /// - Throws: ``ConnectionError/unsendable(topic:reason:)`` for what MQTT cannot carry, else ``ConnectionError``.
    public func publish(
        topic: String, payload: [UInt8], qos: QualityOfService, retain: Bool = false,
        properties: PublishProperties = PublishProperties()
    ) throws(ConnectionError) -> Int32 {
        guard !topic.isEmpty,
            !topic.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") })
        else { throw .unsendable(topic: topic, reason: "it is no topic name") }
        var list: OpaquePointer?
        defer { mosquitto_property_free_all(&list) }
        if !properties.isEmpty { try properties.build(&list, topic: topic) }
        var packetID: Int32 = 0
        let code = payload.withUnsafeBytes { bytes in
            mosquitto_publish_v5(
                handle, &packetID, topic, Int32(bytes.count), bytes.baseAddress, Int32(qos.rawValue), retain, list)
        }
        switch code {
        case MOSQ_ERR_OVERSIZE_PACKET.rawValue, MOSQ_ERR_PAYLOAD_SIZE.rawValue, MOSQ_ERR_MALFORMED_UTF8.rawValue,
            MOSQ_ERR_INVAL.rawValue, MOSQ_ERR_PROTOCOL.rawValue, MOSQ_ERR_DUPLICATE_PROPERTY.rawValue,
            MOSQ_ERR_QOS_NOT_SUPPORTED.rawValue, MOSQ_ERR_RETAIN_NOT_SUPPORTED.rawValue:
            throw .unsendable(topic: topic, reason: String(cString: mosquitto_strerror(code)))
        default: try check(code)
        }
        return packetID
    }

    /// How many packets of the broker have come on this connection, PINGRESP among them: its signs of life.
    public var packetsHeard: Int { inbox.packetsHeard }

    /// Reads what has arrived, until nothing more is there or one of the limits is reached.
    ///
    /// - Parameters:
    ///   - limit: events waiting to be taken.
    ///   - byteLimit: bytes of the messages among them; one message more than that may be there.
    /// - Returns: whether the socket was read empty.
    /// - Throws: ``ConnectionError`` when the connection is gone; events read before are still there to be taken.
    public func read(limit: Int, byteLimit: Int = 8 << 20) throws(ConnectionError) -> Bool {
        var fruitless = 0
        while inbox.events.count < limit, inbox.waitingBytes < byteLimit {
            let before = inbox.events.count
            // loop_read says "success" also when nothing was there; only errno tells (and only when nothing came, since
            // a full wake-up pipe inside libmosquitto sets it as well).
            errno = 0
            let code = mosquitto_loop_read(handle, 1)
            let drained = errno == EAGAIN
            try check(code)
            if let refusal = inbox.refusal {
                throw .refused(
                    broker: broker, code: refusal, reason: String(cString: mosquitto_reason_string(Int32(refusal))))
            }
            if inbox.events.count == before {
                fruitless += 1
                if drained || fruitless > 16 { return true }
            }
        }
        return false
    }

    /// Takes the events read so far, oldest first.
    public func takeEvents() -> [ConnectionEvent] {
        inbox.takeEvents()
    }

    /// Writes everything that waits, acknowledgements included, as far as the socket takes it.
    ///
    /// - Returns: whether nothing is left to write.
    /// - Throws: ``ConnectionError`` when the connection is gone.
    @discardableResult
    public func flush() throws(ConnectionError) -> Bool {
        guard mosquitto_want_write(handle) else { return true }
        errno = 0
        try check(mosquitto_loop_write(handle, 1))
        return !mosquitto_want_write(handle)
    }

    /// Keeps the connection alive; to be called about once a second.
    ///
    /// A PING waits for the next ``flush()``.
    ///
    /// - Throws: ``ConnectionError`` when the broker has not answered for too long.
    public func maintain() throws(ConnectionError) {
        try check(mosquitto_loop_misc(handle))
    }

    /// Sends DISCONNECT and what waited before it; the broker keeps the session for as long as its expiry says.
    public func disconnect() {
        mosquitto_disconnect_v5(handle, 0, nil)
        _ = try? flush()
    }

    /// What became of waiting for the socket.
    public struct Readiness: Sendable, Hashable {
        /// There is something to read, or the connection broke.
        public var readable = false
        /// The socket takes bytes again.
        public var writable = false
        /// The `wake` descriptor was signalled.
        public var woken = false
    }

    /// Waits until the socket can be read (or, if asked, written), `wake` is signalled, or time is up.
    ///
    /// - Parameters:
    ///   - timeout: how long at most, ns.
    ///   - writing: whether room for writing is awaited too.
    ///   - wake: a descriptor that ends the waiting when it becomes readable, or -1.
    /// - Returns: what ended the waiting; nothing when time was up.
    public func wait(timeout: Int64, writing: Bool, wake: Int32) -> Readiness {
        readiness(tapedeck_poll(mosquitto_socket(handle), true, writing, wake, timeout))
    }

    /// Waits until the socket takes bytes again, however much there is to read.
    ///
    /// - Parameters:
    ///   - timeout: how long at most, ns.
    ///   - wake: a descriptor that ends the waiting when it becomes readable, or -1.
    /// - Returns: what ended the waiting; nothing when time was up.
    public func waitUntilWritable(timeout: Int64, wake: Int32) -> Readiness {
        readiness(tapedeck_poll(mosquitto_socket(handle), false, true, wake, timeout))
    }

    private func readiness(_ bits: Int32) -> Readiness {
        let bits = Int(bits)
        return Readiness(
            readable: bits & TAPEDECK_READABLE != 0, writable: bits & TAPEDECK_WRITABLE != 0,
            woken: bits & TAPEDECK_WOKEN != 0)
    }

    /// The socket, for waiting together with others; -1 when not connected.
    public var descriptor: Int32 { mosquitto_socket(handle) }

    /// The far end of the socket: `address:port`, or the path of a Unix socket; nil when not connected.
    public var peer: String? {
        if case .unix(let path) = options.address.transport { return path }
        return SocketPeer.name(of: mosquitto_socket(handle))
    }

    private func configureCredentials() throws(ConnectionError) {
        guard options.username != nil || options.password != nil else { return }
        let code = mosquitto_username_pw_set(handle, options.username, options.password)
        guard code == MOSQ_ERR_SUCCESS.rawValue else {
            throw .invalidOption(name: "user name", reason: String(cString: mosquitto_strerror(code)))
        }
    }

    private func configureTLS() throws(ConnectionError) {
        guard case .tls = options.address.transport else { return }
        if options.tls.authorities == nil { mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1) }
        if options.tls.authorities != nil || options.tls.certificate != nil {
            let authorities = options.tls.authorities ?? "/etc/ssl/certs/ca-certificates.crt"
            let code = mosquitto_tls_set(handle, authorities, nil, options.tls.certificate, options.tls.key, nil)
            guard code == MOSQ_ERR_SUCCESS.rawValue else {
                throw .invalidOption(
                    name: "certificates (\(authorities))", reason: String(cString: mosquitto_strerror(code)))
            }
        }
        if options.tls.insecure { mosquitto_tls_insecure_set(handle, true) }
    }

    private func check(_ code: Int32) throws(ConnectionError) {
        guard code != MOSQ_ERR_SUCCESS.rawValue else { return }
        let number = errno
        if let refusal = inbox.refusal {
            throw .refused(
                broker: broker, code: refusal, reason: String(cString: mosquitto_reason_string(Int32(refusal))))
        }
        if let farewell = inbox.farewell, farewell >= 0x80 {
            throw .disconnected(
                broker: broker, code: farewell, reason: String(cString: mosquitto_reason_string(Int32(farewell))))
        }
        switch code {
        case MOSQ_ERR_PROTOCOL.rawValue, MOSQ_ERR_MALFORMED_PACKET.rawValue:
            throw .protocolError(broker: broker, reason: reason(code, errno: number))
        case MOSQ_ERR_TLS.rawValue where inbox.acknowledgement == nil:
            throw .unreachable(broker: broker, reason: reason(code, errno: number))
        default:
            throw .lost(broker: broker, reason: reason(code, errno: number))
        }
    }

    private func reason(_ code: Int32, errno number: Int32) -> String {
        if code == MOSQ_ERR_ERRNO.rawValue, number != 0 { return String(cString: strerror(number)) }
        let text = String(cString: mosquitto_strerror(code))
        guard let detail = inbox.lastError else { return text }
        return "\(text) \(detail)"
    }
}
