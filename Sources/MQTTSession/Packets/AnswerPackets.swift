import MQTTWire

extension ConnectionAcknowledgement {
    /// Reads the body of a CONNACK (MQTT 5.0 §3.2).
    ///
    /// - Returns: the terms, and the reason code, from 0x80 a refusal.
    static func read(_ body: UnsafeRawBufferPointer) throws(MalformedPacket) -> (terms: Self, code: UInt8) {
        var reader = PacketReader(body)
        let flags = try reader.byte()
        let code = try reader.byte()
        var terms = ConnectionAcknowledgement(
            sessionPresent: flags & 1 != 0, receiveMaximum: .max, maximumQoS: .exactlyOnce)
        // A broker that knows only MQTT 3 refuses in its own form, without properties.
        guard !reader.isAtEnd else { return (terms, code) }
        var properties = PacketReader(try reader.slice(try reader.variableByteInteger()))
        while !properties.isAtEnd {
            switch try properties.byte() {
            case 17: terms.sessionExpiry = try properties.fourBytes()
            case 18: terms.assignedClientID = try properties.text()
            case 19: terms.serverKeepAlive = try properties.twoBytes()
            case 21: _ = try properties.text()  // Authentication method
            case 22: _ = try properties.binary()  // Authentication data
            case 26, 28: _ = try properties.text()  // Response information, server reference
            case 31: terms.reason = try properties.text()
            case 33:
                terms.receiveMaximum = try properties.twoBytes()
                guard terms.receiveMaximum > 0 else { throw MalformedPacket(reason: "a receive maximum of 0") }
            case 34: _ = try properties.twoBytes()  // Topic alias maximum: ours are never sent
            case 36: terms.maximumQoS = try properties.byte() == 0 ? .atMostOnce : .atLeastOnce
            case 37: terms.retainAvailable = try properties.byte() != 0
            case 38: _ = (try properties.binary(), try properties.binary())
            case 39:
                let size = try properties.fourBytes()
                guard size > 0 else { throw MalformedPacket(reason: "a maximum packet size of 0") }
                terms.maximumPacketSize = size
            case 40: terms.wildcardsAvailable = try properties.byte() != 0
            case 41: terms.subscriptionIdentifiersAvailable = try properties.byte() != 0
            case 42: terms.sharedSubscriptionsAvailable = try properties.byte() != 0
            case let other: throw MalformedPacket(reason: "property \(other) in a CONNACK")
            }
        }
        return (terms, code)
    }
}

extension IncomingMessage {
    /// Reads a PUBLISH (MQTT 5.0 §3.3) whose first byte is `header`.
    static func read(_ header: UInt8, _ body: UnsafeRawBufferPointer) throws(MalformedPacket) -> IncomingMessage {
        guard let qos = QualityOfService(rawValue: header >> 1 & 3) else { throw MalformedPacket(reason: "QoS 3") }
        var reader = PacketReader(body)
        let topicBytes = try reader.binary()
        guard !topicBytes.isEmpty else {
            throw MalformedPacket(reason: "a message without a topic, or with an alias that was never allowed")
        }
        guard !topicBytes.contains(0), let topic = WireText.string(topicBytes) else {
            throw MalformedPacket(reason: "a topic that is not UTF-8")
        }
        var packetID: UInt16?
        if qos > .atMostOnce {
            let number = try reader.twoBytes()
            guard number > 0 else { throw MalformedPacket(reason: "packet identifier 0") }
            packetID = number
        }
        let propertyBytes = try reader.slice(try reader.variableByteInteger())
        var properties = PublishProperties()
        if !propertyBytes.isEmpty {
            do {
                properties = try PublishProperties(validating: propertyBytes)
            } catch {
                throw MalformedPacket(reason: error.description)
            }
        }
        return IncomingMessage(
            topic: topic, payload: Array(reader.rest()), qos: qos, retain: header & 1 != 0,
            // Without an acknowledgement nothing is sent again: DUP means nothing there (MQTT 5.0 §3.3.1.1).
            dup: header & 8 != 0 && qos > .atMostOnce, packetID: packetID, properties: properties)
    }
}

/// An answer to a request or a message of ours: packet identifier and reason code.
struct PacketAnswer {
    var packetID: UInt16
    var code: UInt8

    /// Reads PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5.0 §3.4.2); a code that is left out means success.
    static func read(acknowledgement body: UnsafeRawBufferPointer) throws(MalformedPacket) -> PacketAnswer {
        var reader = PacketReader(body)
        let packetID = try reader.twoBytes()
        return PacketAnswer(packetID: packetID, code: reader.isAtEnd ? 0 : try reader.byte())
    }

    /// Reads SUBACK or UNSUBACK to a request with one filter (MQTT 5.0 §3.9).
    static func read(subscription body: UnsafeRawBufferPointer) throws(MalformedPacket) -> PacketAnswer {
        var reader = PacketReader(body)
        let packetID = try reader.twoBytes()
        _ = try reader.slice(try reader.variableByteInteger())
        return PacketAnswer(packetID: packetID, code: try reader.byte())
    }
}
