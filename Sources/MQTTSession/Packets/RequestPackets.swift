import MQTTWire

extension PacketWriter {
    /// CONNECT (MQTT 5.0 §3.1).
    mutating func appendConnect(_ options: ConnectionOptions) {
        var properties: [UInt8] = []
        if options.sessionExpiry > 0 {
            // Without it the session ends with the connection, whatever clean start says (MQTT 5.0 §3.1.2.11.2).
            properties.append(17)
            properties.append(bigEndian: options.sessionExpiry)
        }
        properties.append(33)
        properties.append(bigEndian: max(1, options.receiveMaximum))
        if let size = options.maximumPacketSize {
            properties.append(39)
            properties.append(bigEndian: max(1, size))
        }
        var body: [UInt8] = []
        body.append(mqtt: "MQTT")
        body.append(5)
        var flags: UInt8 = options.cleanStart ? 2 : 0
        if options.username != nil { flags |= 0x80 }
        if options.password != nil { flags |= 0x40 }
        body.append(flags)
        body.append(bigEndian: UInt16(clamping: options.keepAlive))
        VariableByteInteger.append(properties.count, to: &body)
        body += properties
        body.append(mqtt: options.clientID)
        if let username = options.username { body.append(mqtt: username) }
        if let password = options.password { body.append(mqtt: password) }
        append(header: PacketType.connect.rawValue << 4, length: body.count) { $0 += body }
    }

    /// SUBSCRIBE for one filter (MQTT 5.0 §3.8).
    mutating func appendSubscribe(
        _ filter: TopicFilter, qos: QualityOfService, takesRetained: Bool, packetID: UInt16
    ) {
        // Either the retained messages of the past, and live ones without the flag; or none of them, and live ones with
        // the flag as published (MQTT 5.0 §3.8.3.1).
        let options = takesRetained ? qos.rawValue : qos.rawValue | 0x08 | 0x20
        append(header: PacketType.subscribe.rawValue << 4 | 2, length: 2 + 1 + 2 + filter.text.utf8.count + 1) { body in
            body.append(bigEndian: packetID)
            body.append(0)
            body.append(mqtt: filter.text)
            body.append(options)
        }
    }

    /// UNSUBSCRIBE of one filter (MQTT 5.0 §3.10).
    mutating func appendUnsubscribe(_ filter: TopicFilter, packetID: UInt16) {
        append(header: PacketType.unsubscribe.rawValue << 4 | 2, length: 2 + 1 + 2 + filter.text.utf8.count) { body in
            body.append(bigEndian: packetID)
            body.append(0)
            body.append(mqtt: filter.text)
        }
    }

    /// The length of a PUBLISH packet's body.
    static func publishLength(topic: String, payload: Int, properties: Int, qos: QualityOfService) -> Int {
        2 + topic.utf8.count + (qos > .atMostOnce ? 2 : 0) + VariableByteInteger.size(of: properties) + properties
            + payload
    }

    /// PUBLISH (MQTT 5.0 §3.3); `properties` in their wire form.
    mutating func appendPublish(
        topic: String, payload: [UInt8], qos: QualityOfService, retain: Bool, properties: [UInt8], packetID: UInt16
    ) {
        let length = Self.publishLength(topic: topic, payload: payload.count, properties: properties.count, qos: qos)
        append(header: PacketType.publish.rawValue << 4 | qos.rawValue << 1 | (retain ? 1 : 0), length: length) {
            body in
            body.append(mqtt: topic)
            if qos > .atMostOnce { body.append(bigEndian: packetID) }
            VariableByteInteger.append(properties.count, to: &body)
            body.append(contentsOf: properties)
            body.append(contentsOf: payload)
        }
    }
}
