import MQTTWire
import TestSupport
import Testing

@testable import MQTTSession

@Suite struct ReceivingTests {
    @Test func `CONNECT says what the options say`() throws {
        let peer = try ScriptedPeer()
        _ = try peer.connection {
            $0.cleanStart = false
            $0.sessionExpiry = 3_600
            $0.receiveMaximum = 960
            $0.keepAlive = 30
            $0.username = "u"
            $0.password = "pw"
        }
        #expect(
            peer.received() == [0x10, 30, 0, 4] + Array("MQTT".utf8) + [
                5, 0xc0, 0, 30, 8, 17, 0, 0, 14, 16, 33, 3, 192,
            ]
                + [0, 2] + Array("me".utf8) + [0, 1] + Array("u".utf8) + [0, 2] + Array("pw".utf8))
    }

    @Test func `the largest packet that may come is told, and never as 0`() throws {
        let peer = try ScriptedPeer()
        for (size, bytes) in [(70_000, [0, 1, 0x11, 0x70]), (0, [0, 0, 0, 1])] as [(UInt32, [UInt8])] {
            _ = try peer.connection { $0.maximumPacketSize = size }
            // Behind fixed header, protocol, flags, keep alive and the receive maximum: property 39 (MQTT 5.0 §3.1.2.11.4).
            #expect(Array(peer.received()[12...].prefix(9)) == [8, 33, 0, 20, 39] + bytes)
        }
    }

    @Test(
        arguments: [
            ("text that is not UTF-8", [31, 0, 2, 0xc3, 0x28]), ("a text beyond the end", [31, 0, 3, 0x61]),
        ] as [(String, [UInt8])])
    func `a CONNACK that cannot be read says why`(what: String, properties: [UInt8]) throws {
        let peer = try ScriptedPeer()
        let connection = try peer.connection()
        peer.send([0x20, UInt8(3 + properties.count), 0, 0, UInt8(properties.count)] + properties)
        let error = #expect(throws: ConnectionError.self) { try connection.read(limit: 1) }
        guard case .protocolError = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a broker that does not answer CONNECT in time is unreachable`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.connection()
        let error = #expect(throws: ConnectionError.self) {
            try connection.awaitAcknowledgement(within: 0, wake: -1, isStopping: { false })
        }
        #expect(error == .unreachable(broker: connection.broker, reason: "no answer to CONNECT within 0 s"))
        #expect(try connection.awaitAcknowledgement(within: 0, wake: -1, isStopping: { true }) == nil)
    }

    @Test func `the terms of a CONNACK are all read`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.connection()
        let properties: [UInt8] =
            [17, 0, 0, 0, 60, 18, 0, 2, 0x61, 0x62, 19, 0, 20, 31, 0, 2, 0x68, 0x69, 33, 0, 10, 34, 0, 5, 36, 1, 37, 0]
            + [38, 0, 1, 0x6b, 0, 1, 0x76, 39, 0, 0, 16, 0, 40, 0, 41, 0, 42, 0]
        peer.send([0x20, UInt8(3 + properties.count), 1, 0, UInt8(properties.count)] + properties)
        #expect(try connection.read(limit: 10))
        guard case .connected(let terms)? = connection.takeEvents().first else {
            Issue.record("no event")
            return
        }
        var expected = ConnectionAcknowledgement(sessionPresent: true, receiveMaximum: 10, maximumQoS: .atLeastOnce)
        expected.sessionExpiry = 60
        expected.assignedClientID = "ab"
        expected.serverKeepAlive = 20
        expected.reason = "hi"
        expected.maximumPacketSize = 4_096
        expected.retainAvailable = false
        expected.wildcardsAvailable = false
        expected.subscriptionIdentifiersAvailable = false
        expected.sharedSubscriptionsAvailable = false
        #expect(terms == expected)
    }

    @Test(arguments: [([0x20, 3, 0, 0x86, 0], 0x86), ([0x20, 2, 0, 1], 1)] as [([UInt8], UInt8)])
    func `a refusal has its code, also in the form of MQTT 3`(bytes: [UInt8], code: UInt8) throws {
        let peer = try ScriptedPeer()
        let connection = try peer.connection()
        peer.send(bytes)
        let error = #expect(throws: ConnectionError.self) { try connection.read(limit: 10) }
        guard case .refused(_, code, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a message comes with everything that stands in its packet`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        // Response topic, user property, and subscription identifiers twice, which the protocol allows.
        let properties: [UInt8] = [8, 0, 1, 0x72, 38, 0, 1, 0x6b, 0, 2, 0xc3, 0xa4, 11, 5, 11, 0x80, 1]
        peer.send(
            ScriptedPeer.publish(
                "a/ä", [0, 255], qos: 1, packetID: 300, dup: true, retain: true, properties: properties))
        #expect(try connection.read(limit: 10))
        let message = try #require(connection.takeEvents().messages.first)
        #expect(message.topic == "a/ä")
        #expect(message.payload == [0, 255])
        #expect(message.qos == .atLeastOnce)
        #expect(message.retain && message.dup)
        #expect(message.packetID == 300)
        #expect(message.properties.bytes == properties)
    }

    @Test func `acknowledgements wait for the flush, all of them, and go in order`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        peer.send(
            ScriptedPeer.publish("t", [1], packetID: 1) + ScriptedPeer.publish("t", [2], qos: 2, packetID: 2)
                + ScriptedPeer.publish("t", [3], qos: 0) + ScriptedPeer.publish("t", [4], packetID: 0x1234))
        #expect(try connection.read(limit: 100))
        #expect(connection.takeEvents().messages.map(\.payload) == [[1], [2], [3], [4]])
        #expect(peer.received() == [])
        // Neither a subscription nor a PING lets them go.
        _ = try connection.subscribe(try TopicFilter("a"), qos: .atLeastOnce)
        #expect(connection.sendHeartbeat())
        #expect(peer.received() == [0x82, 7, 0, 1, 0, 0, 1, 0x61, 0x29, 0xc0, 0])
        #expect(try connection.flush())
        #expect(peer.received() == [0x40, 2, 0, 1, 0x50, 2, 0, 2, 0x40, 2, 0x12, 0x34])
    }

    @Test func `the second half of QoS 2 is answered at once, in front of what is held back`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        peer.send(ScriptedPeer.publish("t", [1], packetID: 7) + [0x62, 2, 0, 9])
        #expect(try connection.read(limit: 100))
        #expect(peer.received() == [0x70, 2, 0, 9])
        try connection.flush()
        #expect(peer.received() == [0x40, 2, 0, 7])
    }

    @Test func `reading stops at its limits and goes on where it stopped, without waiting`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        peer.send((1...9).flatMap { ScriptedPeer.publish("t", [UInt8($0), 0, 0, 0], packetID: UInt16($0)) })
        #expect(try !connection.read(limit: 4))
        #expect(connection.takeEvents().messages.map(\.payload[0]) == [1, 2, 3, 4])
        #expect(connection.wait(timeout: 60_000_000_000, writing: false, wake: -1).readable)
        #expect(try !connection.read(limit: 100, byteLimit: 10))
        #expect(connection.takeEvents().messages.map(\.payload[0]) == [5, 6])
        #expect(try connection.read(limit: 100))
        #expect(connection.takeEvents().messages.map(\.payload[0]) == [7, 8, 9])
        #expect(connection.packetsHeard == 10)
    }

    @Test func `a message larger than the buffer comes in one piece, and small ones after it`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        let payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var bytes = ScriptedPeer.publish("big", payload, packetID: 1)[...]
        bytes += ScriptedPeer.publish("small", [1], packetID: 2)
        var found: [IncomingMessage] = []
        while found.count < 2 {
            let sent = peer.send(Array(bytes.prefix(100_000)))
            if sent > 0 { bytes = bytes.dropFirst(sent) }
            _ = try connection.read(limit: 10)
            found += connection.takeEvents().messages
        }
        #expect(found[0].payload == payload)
        #expect(found[1].topic == "small")
    }

    @Test(
        arguments: [
            ("a length of five bytes", [0x30, 0xff, 0xff, 0xff, 0xff, 1]), ("packet type 0", [0x00, 0]),
            ("a second CONNACK", [0x20, 3, 0, 0, 0]), ("QoS 3", [0x36, 5, 0, 1, 0x61, 0, 1]),
            ("packet identifier 0", [0x32, 6, 0, 1, 0x61, 0, 0, 0]), ("no topic", [0x30, 3, 0, 0, 0]),
            ("a topic beyond the end", [0x30, 3, 0xff, 0xff, 0x61]),
            ("a topic that is no UTF-8", [0x30, 4, 0, 1, 0xff, 0]),
            ("a NUL in a topic", [0x30, 4, 0, 1, 0, 0]), ("properties beyond the end", [0x30, 4, 0, 1, 0x61, 9]),
            ("a property of another packet", [0x30, 6, 0, 1, 0x61, 2, 17, 0]), ("an empty PUBACK", [0x40, 0]),
            ("a SUBACK without codes", [0x90, 3, 0, 1, 0]),
            ("properties with a length of five bytes", [0x90, 8, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0]),
            ("PINGREQ", [0xc0, 0]), ("AUTH", [0xf0, 0]),
        ] as [(String, [UInt8])])
    func `what is no MQTT is an error, not a crash`(name: String, bytes: [UInt8]) throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        peer.send(bytes)
        let error = #expect(throws: ConnectionError.self, "\(name)") { try connection.read(limit: 10) }
        guard case .protocolError = error else {
            Issue.record("\(name): \(String(describing: error))")
            return
        }
    }

    @Test func `nothing is taken before the answer to CONNECT`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.connection()
        peer.send(ScriptedPeer.publish("t", [1]))
        #expect(throws: ConnectionError.self) { try connection.read(limit: 10) }
    }

    @Test func `a farewell has its reason, and what came before it is still there`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        peer.send(ScriptedPeer.publish("t", [1]) + [0xe0, 1, 0x8e])
        let error = #expect(throws: ConnectionError.self) { try connection.read(limit: 10) }
        #expect(
            error == .disconnected(broker: connection.broker, code: 0x8e, reason: "session taken over"))
        #expect(connection.takeEvents().messages.count == 1)
    }

    @Test func `a connection that ends is lost, before CONNACK unreachable`() throws {
        let peer = try ScriptedPeer()
        var connection = try peer.connection()
        peer.hangUp()
        guard case .unreachable? = #expect(throws: ConnectionError.self, performing: { try connection.read(limit: 1) })
        else { throw PeerFailure(what: "unreachable", errno: 0) }
        connection = try peer.accepted()
        peer.hangUp()
        guard case .lost? = #expect(throws: ConnectionError.self, performing: { try connection.read(limit: 1) }) else {
            throw PeerFailure(what: "lost", errno: 0)
        }
    }

    @Test func `a stream cut at any place gives the same messages`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        var random = SeededGenerator(seed: 5)
        var expected: [[UInt8]] = []
        var found: [[UInt8]] = []
        for _ in 0..<200 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let payload = (0..<Int.random(in: 0...700, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                expected.append(payload)
                bytes += ScriptedPeer.publish("t/\(expected.count)", payload, packetID: UInt16(expected.count))
            }
            while !bytes.isEmpty {
                let count = Int.random(in: 1...bytes.count, using: &random)
                peer.send(Array(bytes.prefix(count)))
                bytes.removeFirst(count)
                _ = try connection.read(limit: .max)
                found += connection.takeEvents().messages.map(\.payload)
            }
        }
        #expect(found == expected)
    }

    @Test func `damaged streams end in an error or in messages, never in a crash`() throws {
        let peer = try ScriptedPeer()
        var random = SeededGenerator(seed: 77)
        let properties: [UInt8] = [
            1, 1, 2, 0, 0, 0, 9, 8, 0, 1, 0x72, 9, 0, 2, 1, 2, 38, 0, 1, 0x6b, 0, 1, 0x76, 11, 5,
        ]
        let clean =
            ScriptedPeer.publish("v1/device/a/telemetry", Array("{}".utf8), packetID: 3, properties: properties)
            + [0x40, 2, 0, 1, 0x50, 2, 0, 2, 0x62, 2, 0, 3, 0x90, 4, 0, 1, 0, 1, 0xd0, 0]
            + ScriptedPeer.publish("b", [], qos: 2, packetID: 4) + ScriptedPeer.publish("c", [1], qos: 0) + [
                0xe0, 1, 0x8b,
            ]
        var errors = 0
        for _ in 0..<3_000 {
            let connection = try peer.accepted()
            var bytes = clean
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            peer.send(bytes)
            do {
                while try !connection.read(limit: 3) {
                    _ = connection.takeEvents()
                    try connection.flush()
                }
            } catch {
                errors += 1
            }
        }
        #expect(errors > 1_000)
    }
}
