import MQTTWire
import Testing

@testable import MQTTSession

@Suite struct SendingTests {
    @Test func `a message leaves with the flush, byte for byte`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        let properties = PublishProperties([
            .topicAlias(3), .userProperty(name: "k", value: "v"), .subscriptionIdentifier(9),
        ])
        let packetID = try connection.publish(
            topic: "a/b", payload: [1, 2], qos: .atLeastOnce, retain: true, properties: properties)
        #expect(packetID == 1)
        #expect(peer.received() == [])
        #expect(try connection.flush())
        #expect(peer.received() == [0x33, 17, 0, 3, 0x61, 0x2f, 0x62, 0, 1, 7, 38, 0, 1, 0x6b, 0, 1, 0x76, 1, 2])
        peer.send([0x40, 3, 0, 1, 0x10])
        #expect(try connection.read(limit: 10))
        guard case .published(1, 0x10)? = connection.takeEvents().first else {
            throw PeerFailure(what: "PUBACK", errno: 0)
        }
    }

    @Test func `QoS 2 goes through all four packets`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        let packetID = try connection.publish(topic: "t", payload: [], qos: .exactlyOnce)
        try connection.flush()
        #expect(peer.received() == [0x34, 6, 0, 1, 0x74, 0, 1, 0])
        peer.send([0x50, 2, 0, 1])
        #expect(try connection.read(limit: 10))
        #expect(connection.takeEvents().published == [])
        #expect(peer.received() == [0x62, 2, 0, 1])
        peer.send([0x70, 2, 0, 1])
        #expect(try connection.read(limit: 10))
        #expect(connection.takeEvents().published == [packetID])
    }

    @Test func `QoS 2 that is refused ends with PUBREC`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        _ = try connection.publish(topic: "t", payload: [], qos: .exactlyOnce)
        try connection.flush()
        peer.send([0x50, 3, 0, 1, 0x97])
        #expect(try connection.read(limit: 10))
        guard case .published(1, 0x97)? = connection.takeEvents().first else {
            throw PeerFailure(what: "PUBREC", errno: 0)
        }
    }

    @Test func `an answer that nobody waits for does no harm`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        peer.send([0x40, 2, 0, 9, 0x50, 2, 0, 9, 0x70, 2, 0, 9, 0x90, 4, 0, 9, 0, 1, 0xb0, 4, 0, 9, 0, 0])
        #expect(try connection.read(limit: 10))
        #expect(connection.takeEvents().isEmpty)
    }

    @Test func `QoS 0 is done when its last byte is written, not before`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        let large = try connection.publish(
            topic: "t", payload: [UInt8](repeating: 7, count: 4_000_000), qos: .atMostOnce)
        let small = try connection.publish(topic: "t", payload: [1], qos: .atMostOnce)
        #expect(large != small && large > 65_535)
        #expect(try !connection.flush())
        #expect(connection.takeEvents().isEmpty)
        var received = peer.received().count
        while try !connection.flush() { received += peer.received().count }
        #expect(connection.takeEvents().published == [large, small])
        received += peer.received().count
        #expect(received == 4_000_000 + 4 + 1 + 4 + 1 + 4 + 2)
    }

    @Test func `packet identifiers are not given out twice`() throws {
        var requests = Requests()
        let given = (1...65_535).map { _ in requests.add(.publishOnce) }
        #expect(given == (1...65_535).map { UInt16($0) })
        var more = requests.add(.subscribe)
        #expect(more == nil)
        let removals = [(40, .publishOnce), (40, .publishOnce), (41, .subscribe)].map { requests.remove($0, $1) }
        #expect(removals == [true, false, false])
        more = requests.add(.subscribe)
        #expect(more == 40)
    }

    @Test(
        arguments: [
            .contentType("a\0"), .responseTopic("\0"), .userProperty(name: "n\0", value: ""),
            .userProperty(name: "n", value: "v\0"),
        ] as [PublishProperty])
    func `a property with a NUL in it is not sent, and nothing of its message`(property: PublishProperty) throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        let error = #expect(throws: ConnectionError.self) {
            try connection.publish(
                topic: "t", payload: [], qos: .atLeastOnce, properties: PublishProperties([property]))
        }
        guard case .unsendable(topic: "t", _) = error else {
            throw PeerFailure(what: "\(String(describing: error))", errno: 0)
        }
        #expect(try connection.flush())
        #expect(peer.received() == [])
    }

    @Test func `the sixty-five thousand five hundred and thirty-sixth request without an answer breaks the connection`()
        throws
    {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        for _ in 1...65_535 { _ = connection.requests.add(.publishOnce) }
        let error = #expect(throws: ConnectionError.self) {
            try connection.subscribe(try TopicFilter("a"), qos: .atMostOnce)
        }
        #expect(
            error
                == .lost(broker: connection.broker, reason: "it has left 65,535 requests without an answer"))
        #expect(peer.received() == [])
    }

    @Test func `a full socket is waited for until it takes bytes again, however much there is to read`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        _ = try connection.publish(topic: "t", payload: [UInt8](repeating: 7, count: 4_000_000), qos: .atMostOnce)
        #expect(try !connection.flush())
        peer.send(ScriptedPeer.publish("t", [1], qos: 0))
        #expect(connection.waitUntilWritable(timeout: 0, wake: -1) == .init(readable: false))
        _ = peer.received()
        #expect(connection.waitUntilWritable(timeout: 30_000_000_000, wake: -1).writable)
    }

    @Test func `a subscription is taken back without waiting for the answer`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        try connection.unsubscribe(try TopicFilter("a/+"))
        // UNSUBSCRIBE: packet identifier, no properties, the filter (MQTT 5.0 §3.10).
        #expect(peer.received() == [0xa2, 8, 0, 1, 0, 0, 3, 0x61, 0x2f, 0x2b])
        peer.send([0xb0, 4, 0, 1, 0, 0])
        #expect(try connection.read(limit: 10))
        #expect(connection.takeEvents().isEmpty)
    }

    // MARK: Being alive

    @Test func `a PING overtakes the acknowledgements that are held back, and nothing else`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted { $0.keepAlive = 5 }
        peer.send(ScriptedPeer.publish("t", [1], packetID: 5))
        #expect(try connection.read(limit: 10))
        func passKeepAlive() {
            connection.pulse = Pulse()
            connection.pulse.sent(at: MonotonicClock.now - 5_000_000_000)
        }
        passKeepAlive()
        try connection.maintain()
        #expect(peer.received() == [0xc0, 0])
        // A message that waits for its flush goes first.
        _ = try connection.publish(topic: "t", payload: [], qos: .atMostOnce)
        passKeepAlive()
        try connection.maintain()
        #expect(peer.received() == [])
        try connection.flush()
        #expect(peer.received() == [0x30, 4, 0, 1, 0x74, 0, 0xc0, 0, 0x40, 2, 0, 5])
    }

    @Test func `a broker that leaves a PING unanswered for the keep alive is given up`() throws {
        let peer = try ScriptedPeer()
        // The broker's own keep alive of 7 s counts (MQTT 5.0 §3.2.2.3.14).
        let connection = try peer.accepted(properties: [19, 0, 7]) { $0.keepAlive = 60 }
        let now = MonotonicClock.now
        connection.pulse = Pulse()
        connection.pulse.sent(at: now - 20_000_000_000)
        #expect(connection.pulse.check(interval: 7, at: now - 10_000_000_000) == .ping)
        connection.pulse.drained(heard: 0, at: now)
        let error = #expect(throws: ConnectionError.self) { try connection.maintain() }
        #expect(error == .lost(broker: connection.broker, reason: "it has not answered a PING for 10 s"))
    }

    @Test(arguments: ["", "a/+", "#", "nul\0"])
    func `what is no topic name is not sent`(topic: String) throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        #expect(throws: ConnectionError.self) { try connection.publish(topic: topic, payload: [], qos: .atMostOnce) }
    }

    @Test func `what the broker does not take is not sent`() throws {
        let peer = try ScriptedPeer()
        // Maximum QoS 1, no retained messages, packets of 100 bytes at most.
        let connection = try peer.accepted(properties: [36, 1, 37, 0, 39, 0, 0, 0, 100])
        let payload = [UInt8](repeating: 0, count: 80)
        #expect(throws: ConnectionError.self) { try connection.publish(topic: "t", payload: [], qos: .exactlyOnce) }
        #expect(throws: ConnectionError.self) {
            try connection.publish(topic: "t", payload: [], qos: .atMostOnce, retain: true)
        }
        #expect(throws: ConnectionError.self) {
            try connection.publish(topic: "t", payload: payload + payload, qos: .atMostOnce)
        }
        _ = try connection.publish(topic: "t", payload: payload, qos: .atMostOnce)
    }

    @Test func `the answer to a subscription names its packet`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        let first = try connection.subscribe(try TopicFilter("a"), qos: .atMostOnce)
        let second = try connection.subscribe(toRetained: try TopicFilter("b"), qos: .atLeastOnce)
        #expect(peer.received() == [0x82, 7, 0, 1, 0, 0, 1, 0x61, 0x28, 0x82, 7, 0, 2, 0, 0, 1, 0x62, 0x01])
        peer.send([0x90, 4, 0, 2, 0, 0x87, 0x90, 4, 0, 1, 0, 0])
        #expect(try connection.read(limit: 10))
        var answers: [Int32: UInt8] = [:]
        for case .subscribed(let packetID, let code) in connection.takeEvents() { answers[packetID] = code }
        #expect(answers == [first: 0, second: 0x87])
    }

    @Test func `goodbye comes behind what waited`() throws {
        let peer = try ScriptedPeer()
        let connection = try peer.accepted()
        peer.send(ScriptedPeer.publish("t", [1], packetID: 5))
        #expect(try connection.read(limit: 10))
        connection.disconnect()
        #expect(peer.received() == [0x40, 2, 0, 5, 0xe0, 0])
        #expect(connection.descriptor == -1)
        let other = try peer.accepted()
        other.disconnect(forgetsSession: true)
        #expect(peer.received() == [0xe0, 7, 0, 5, 17, 0, 0, 0, 0])
    }
}
