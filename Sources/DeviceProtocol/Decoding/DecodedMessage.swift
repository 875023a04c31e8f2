public import MQTTWire

/// A message taken apart: what it is, whom it concerns, what it says, and what is odd about it.
public struct DecodedMessage: Sendable {
    /// What the topic stands for.
    public var kind: MessageKind
    /// The device that the message concerns: the one that the payload names, if it names exactly one, else the
    /// topic's.
    public var device: DeviceID?
    /// The device in the topic.
    public var topicDevice: DeviceID?
    /// Which way the message travels.
    public var direction: Direction
    /// What told the direction.
    public var directionEvidence: DirectionEvidence
    /// The content.
    public var message: DeviceMessage
    /// The time of a sample by the device's own clock, its class perhaps ``TimestampClass/absent``; nil for every
    /// message that is not the telemetry of one device.
    public var deviceTime: DeviceTime?
    /// What is odd about the message; at most 64.
    public var findings: [Finding]

    /// Decodes a message.
    ///
    /// Every topic and every payload is accepted; what cannot be read is ``DeviceMessage/unknown(_:)`` with a finding
    /// that says why.
    ///
    /// - Parameters:
    ///   - topic: where the message was published.
    ///   - payload: its bytes.
    ///   - properties: its MQTT 5 properties.
    /// - Returns: the message taken apart.
    public static func decode(
        topic: String, payload: [UInt8], properties: PublishProperties
    ) -> DecodedMessage {
        decode(topic: DeviceTopic.parse(topic), payload: payload, properties: properties)
    }

    /// Decodes a message whose topic is already taken apart.
    ///
    /// - Parameters:
    ///   - topic: where the message was published.
    ///   - payload: its bytes.
    ///   - properties: its MQTT 5 properties.
    /// - Returns: the message taken apart.
    public static func decode(
        topic: DeviceTopic, payload: [UInt8], properties: PublishProperties
    ) -> DecodedMessage {
        let envelope = Envelope(properties)
        let (direction, evidence) = Direction.of(kind: topic.kind, envelope: envelope)
        var findings = FindingList()
        if topic.kind == .unknown { findings.add(.unknownTopic) }
        if topic.kind.defaultDirection == .deviceToCloud { envelope.checkPresence(&findings) }
        let message = DeviceMessage.decode(topic.kind, payload, &findings)
        let device = attribute(message, topic.device, envelope.deviceID, &findings)
        var deviceTime: DeviceTime?
        if case .telemetry(let telemetry) = message { deviceTime = telemetry.timestamp }
        return DecodedMessage(
            kind: topic.kind, device: device, topicDevice: topic.device, direction: direction,
            directionEvidence: evidence, message: message, deviceTime: deviceTime, findings: findings.findings)
    }

    /// The device that a message concerns; notes when its three names disagree.
    private static func attribute(
        _ message: DeviceMessage, _ topic: DeviceID?, _ userProperty: DeviceID?, _ findings: inout FindingList
    ) -> DeviceID? {
        let named = message.deviceIDs
        let reference = topic ?? userProperty
        // In a batch, and in commands for children, other devices are the point; one of them stands for all.
        let other = named.first { $0 != reference } ?? named.first
        let payloadDiffers = reference != nil && other != nil && other != reference
        let userPropertyDiffers = topic != nil && userProperty != nil && topic != userProperty
        if payloadDiffers || userPropertyDiffers {
            findings.add(.idMismatch(topic: topic, userProperty: userProperty, payload: other))
        }
        if let first = named.first, named.allSatisfy({ $0 == first }) { return first }
        return topic
    }
}

extension Envelope {
    /// Notes which of the user properties are missing by which a device presents itself.
    fileprivate func checkPresence(_ findings: inout FindingList) {
        if deviceID != nil, hasAccessKey { return }
        // With a response topic the message came from the cloud, whatever the topic says.
        if hasResponseTopic, deviceID == nil, !hasAccessKey { return }
        findings.add(
            .missingUserProperties((deviceID == nil ? ["device_id"] : []) + (hasAccessKey ? [] : ["access_key"])))
    }
}
