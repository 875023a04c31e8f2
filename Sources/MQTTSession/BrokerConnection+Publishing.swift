public import MQTTWire

extension BrokerConnection {
    /// Hands a message to the connection; it leaves with the next ``flush()``.
    ///
    /// Packet identifiers are sixteen bits: the caller keeps fewer messages unacknowledged than the acknowledgement of
    /// the connection allows, and never more than 65,535. Subscription identifiers and topic aliases belong to a
    /// connection and are not sent.
    ///
    /// - Returns: the number that the answering event carries: the packet identifier, or for QoS 0 one beyond them.
    /// - Throws: ``ConnectionError/unsendable(topic:reason:)`` for what MQTT or this broker cannot take, else
    ///   ``ConnectionError``.
    public func publish(
        topic: String, payload: [UInt8], qos: QualityOfService, retain: Bool = false,
        properties: PublishProperties = PublishProperties()
    ) throws(ConnectionError) -> Int32 {
        guard !topic.isEmpty, topic.utf8.count <= Int(UInt16.max),
            !topic.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") })
        else { throw .unsendable(topic: topic, reason: "it is no topic name") }
        guard stream != nil, let terms else { throw .lost(broker: broker, reason: "it is not connected") }
        guard qos <= terms.maximumQoS else {
            throw .unsendable(topic: topic, reason: "the broker takes QoS \(terms.maximumQoS.rawValue) at most")
        }
        guard !retain || terms.retainAvailable else {
            throw .unsendable(topic: topic, reason: "the broker keeps no retained messages")
        }
        let list = try properties.sendable(topic: topic)
        let length = PacketWriter.publishLength(
            topic: topic, payload: payload.count, properties: list.count, qos: qos)
        // A length has four bytes of seven bits (MQTT 5.0 §1.5.5), and the broker counts the fixed header as well.
        let limit = min(terms.maximumPacketSize.map(Int.init) ?? .max, 268_435_455)
        guard length + 5 <= limit else {
            throw .unsendable(topic: topic, reason: "it has \(length) bytes, and the broker takes \(limit) at most")
        }
        let number: Int32
        var packetID: UInt16 = 0
        switch qos {
        case .atMostOnce: number = departures.nextNumber()
        case .atLeastOnce, .exactlyOnce:
            packetID = try requestID(qos == .atLeastOnce ? .publishOnce : .publishTwice)
            number = Int32(packetID)
        }
        outgoing.appendPublish(
            topic: topic, payload: payload, qos: qos, retain: retain, properties: list, packetID: packetID)
        if qos == .atMostOnce { departures.add(number, end: outgoing.end) }
        return number
    }
}

extension PublishProperties {
    /// The wire form of what may be sent on a connection of ours.
    func sendable(topic: String) throws(ConnectionError) -> [UInt8] {
        guard !isEmpty else { return [] }
        var needsChange = false
        for property in list {
            switch property {
            case .contentType(let text), .responseTopic(let text): try Self.check(text, topic)
            case .userProperty(let name, let value):
                try Self.check(name, topic)
                try Self.check(value, topic)
            case .subscriptionIdentifier, .topicAlias: needsChange = true
            case .payloadFormatIndicator, .messageExpiryInterval, .correlationData: break
            }
        }
        guard needsChange else { return bytes }
        return map { property in
            switch property {
            case .subscriptionIdentifier, .topicAlias: nil
            default: property
            }
        }.bytes
    }

    private static func check(_ text: String, _ topic: String) throws(ConnectionError) {
        guard !text.utf8.contains(0) else {
            throw .unsendable(topic: topic, reason: "a property holds a NUL, which MQTT 5.0 §1.5.4 forbids")
        }
    }
}
