import Foundation
import Glibc
import MQTTWire

/// The broker's end of one MQTT 5 connection, spoken byte by byte, for what a real broker cannot be asked to do.
final class ScriptedBroker {
    let port: UInt16
    private let listener: Int32

    init() throws {
        port = try PrivateBroker.freePort()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = PrivateBroker.loopback(port)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard bound, listen(listener, 8) == 0 else { throw Failure("listen: errno \(errno)") }
    }

    deinit {
        close(listener)
    }

    var url: String { "mqtt://127.0.0.1:\(port)" }

    /// Accepts a client, reads its CONNECT and answers it; the recorder's second client is turned away.
    func accept(sessionPresent: Bool = false, reasonCode: UInt8 = 0, properties: [UInt8] = []) throws -> Client {
        var descriptor = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&descriptor, 1, 120_000) == 1 else { throw Failure("nobody connected within two minutes") }
        let client = Client(Glibc.accept(listener, nil, nil))
        let connect = try client.read()
        guard connect.type == 1 else { throw Failure("the first packet is no CONNECT") }
        if String(decoding: connect.body, as: UTF8.self).contains("-side") {
            // Not authorized, MQTT 5.0 §3.2.2.2.
            client.send(0x20, [0, 0x87, 0])
            return try accept(sessionPresent: sessionPresent, reasonCode: reasonCode, properties: properties)
        }
        client.send(0x20, [sessionPresent ? 1 : 0, reasonCode, UInt8(properties.count)] + properties)
        return client
    }

    /// A connected client.
    final class Client {
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
        func hangUp() {
            shutdown(descriptor, Int32(SHUT_RDWR))
        }

        /// The next control packet: its type (MQTT 5.0 §2.1.2) and what follows the fixed header.
        func read() throws -> (type: UInt8, body: [UInt8]) {
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
        func read(type: UInt8) throws -> [UInt8] {
            while true {
                let packet = try read()
                if packet.type == type { return packet.body }
                if packet.type == 12 { send(0xd0, []) }
            }
        }

        /// Reads the next packet, which must be a PINGREQ.
        func readPing() throws {
            guard try read().type == 12 else { throw Failure("the packet is no PINGREQ") }
        }

        /// Answers the next SUBSCRIBE.
        func answerSubscribe(_ reasonCode: UInt8) throws {
            let body = try read(type: 8)
            send(0x90, [body[0], body[1], 0, reasonCode])
        }

        /// Reads one PUBACK and answers its packet identifier.
        func readAcknowledgement() throws -> UInt16 {
            let body = try read(type: 4)
            return UInt16(body[0]) << 8 | UInt16(body[1])
        }

        func publish(_ topic: String, _ payload: String, packetID: UInt16, dup: Bool = false) {
            var body: [UInt8] = [0, UInt8(topic.utf8.count)] + topic.utf8
            body += [UInt8(packetID >> 8), UInt8(packetID & 0xff), 0] + payload.utf8
            send(0x32 | (dup ? 8 : 0), body)
        }

        func send(_ header: UInt8, _ body: [UInt8]) {
            var packet = [header]
            var length = body.count
            repeat {
                let part = UInt8(length & 0x7f)
                length >>= 7
                packet.append(length > 0 ? part | 0x80 : part)
            } while length > 0
            packet += body
            _ = packet.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }

        private func bytes(_ count: Int) throws -> [UInt8] {
            var result: [UInt8] = []
            while result.count < count {
                var buffer = [UInt8](repeating: 0, count: count - result.count)
                let read = recv(descriptor, &buffer, buffer.count, 0)
                guard read > 0 else { throw Failure("the client is gone (\(result.count) of \(count) bytes read)") }
                result += buffer.prefix(read)
            }
            return result
        }
    }
}
