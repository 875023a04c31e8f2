import Glibc

/// The broker's end of MQTT 5 connections, spoken byte by byte, for what a real broker cannot be asked to do.
public final class ScriptedBroker {
    /// Where it listens.
    public let url: String
    private let listener: Int32
    private let path: String?

    /// Listens on a free port of the loopback interface.
    public init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        path = nil
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw ScriptFailure("listen: errno \(errno)") }
        url = "mqtt://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    }

    /// Listens on a Unix socket, whose buffers are small enough to be filled.
    public init(path: String) throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        self.path = path
        url = "unix:\(path)"
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(listener, 8) == 0
            }
        }
        guard bound else { throw ScriptFailure("listen at \(path): errno \(errno)") }
    }

    deinit {
        close(listener)
        if let path { unlink(path) }
    }

    /// Accepts a client, reads its CONNECT and answers it; the recorder's second client is turned away.
    public func accept(
        sessionPresent: Bool = false, reasonCode: UInt8 = 0, properties: [UInt8] = []
    ) throws -> Client {
        let (client, connect) = try next()
        if String(decoding: connect, as: UTF8.self).contains("-side") {
            // Not authorized, MQTT 5.0 §3.2.2.2.
            client.send(0x20, [0, 0x87, 0])
            return try accept(sessionPresent: sessionPresent, reasonCode: reasonCode, properties: properties)
        }
        client.send(0x20, [sessionPresent ? 1 : 0, reasonCode, UInt8(properties.count)] + properties)
        return client
    }

    /// Accepts whoever comes next, the recorder's second client too.
    public func acceptAnyone() throws -> Client {
        let (client, _) = try next()
        client.send(0x20, [0, 0, 0])
        return client
    }

    private func next() throws -> (Client, connect: [UInt8]) {
        var descriptor = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&descriptor, 1, 120_000) == 1 else { throw ScriptFailure("nobody connected for two minutes") }
        let client = Client(Glibc.accept(listener, nil, nil))
        let connect = try client.read()
        guard connect.type == 1 else { throw ScriptFailure("the first packet is no CONNECT") }
        return (client, connect.body)
    }

    /// A connected client.
    public final class Client {
        private let descriptor: Int32

        init(_ descriptor: Int32) {
            self.descriptor = descriptor
            var limit = timeval(tv_sec: 30, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit {
            close(descriptor)
        }

        /// Closes the connection without a word.
        public func hangUp() {
            shutdown(descriptor, Int32(SHUT_RDWR))
        }

        /// The next control packet: its type (MQTT 5.0 §2.1.2) and what follows the fixed header.
        public func read() throws -> (type: UInt8, body: [UInt8]) {
            let header = try bytes(1)[0]
            var length = 0
            var shift = 0
            while true {
                let part = try bytes(1)[0]
                length |= Int(part & 0x7f) << shift
                shift += 7
                if part & 0x80 == 0 { break }
            }
            return (header >> 4, try bytes(length))
        }

        /// Reads until a packet of a type comes; answers PINGREQ on the way.
        public func read(type: UInt8) throws -> [UInt8] {
            while true {
                let packet = try read()
                if packet.type == type { return packet.body }
                if packet.type == 12 { send(0xd0, []) }
            }
        }

        /// Reads the next packet, which must be a PINGREQ.
        public func readPing() throws {
            guard try read().type == 12 else { throw ScriptFailure("the packet is no PINGREQ") }
        }

        /// Answers the next SUBSCRIBE.
        public func answerSubscribe(_ reasonCode: UInt8) throws {
            let body = try read(type: 8)
            send(0x90, [body[0], body[1], 0, reasonCode])
        }

        /// Reads one PUBACK and answers its packet identifier.
        public func readAcknowledgement() throws -> UInt16 {
            let body = try read(type: 4)
            return UInt16(body[0]) << 8 | UInt16(body[1])
        }

        /// Delivers a message at QoS 1.
        public func publish(_ topic: String, _ payload: String, packetID: UInt16, dup: Bool = false) {
            publish(topic, Array(payload.utf8), packetID: packetID, dup: dup)
        }

        /// Delivers a message at QoS 1.
        public func publish(_ topic: String, _ payload: [UInt8], packetID: UInt16, dup: Bool = false) {
            var body: [UInt8] = [0, UInt8(topic.utf8.count)] + topic.utf8
            body += [UInt8(packetID >> 8), UInt8(packetID & 0xff), 0] + payload
            send(0x32 | (dup ? 8 : 0), body)
        }

        /// Delivers a retained message of the past, at QoS 0.
        public func publish(retained topic: String, _ payload: String) {
            send(0x31, [0, UInt8(topic.utf8.count)] + topic.utf8 + [0] + payload.utf8)
        }

        /// Sends a packet: its first byte and what follows its length.
        public func send(_ header: UInt8, _ body: [UInt8]) {
            var packet = [header]
            var length = body.count
            repeat {
                let part = UInt8(length & 0x7f)
                length >>= 7
                packet.append(length > 0 ? part | 0x80 : part)
            } while length > 0
            packet += body
            var rest = packet[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }

        private func bytes(_ count: Int) throws -> [UInt8] {
            var result: [UInt8] = []
            while result.count < count {
                var buffer = [UInt8](repeating: 0, count: count - result.count)
                let read = recv(descriptor, &buffer, buffer.count, 0)
                guard read > 0 else {
                    throw ScriptFailure("the client is gone (\(result.count) of \(count) bytes read)")
                }
                result += buffer.prefix(read)
            }
            return result
        }
    }
}

/// Why a script cannot go on.
public struct ScriptFailure: Error, CustomStringConvertible {
    /// What went wrong.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
