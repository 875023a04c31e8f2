public import MQTTWire

/// Which way a message travels.
public enum Direction: String, CaseIterable, Sendable, Hashable {
    /// Published by a device.
    case deviceToCloud = "device_to_cloud"
    /// Published by the cloud.
    case cloudToDevice = "cloud_to_device"
    /// Neither the message nor its topic tells.
    case unknown
}

/// What told the direction of a message.
public enum DirectionEvidence: String, CaseIterable, Sendable, Hashable {
    /// The user property `device_id` or `access_key`, which only devices send.
    case userProperty = "user_property"
    /// A response topic, which only the cloud sets.
    case responseTopic = "response_topic"
    /// Nothing in the message; the direction is the usual one of the topic.
    case topicTable = "topic_table"
    /// Nothing at all.
    case none
}

extension Direction {
    /// The direction of a message and what told it.
    ///
    /// A device presents itself in user properties, the cloud asks for an answer in a response topic; only without
    /// both the topic decides, because the topic `update` is subscribed to by devices too.
    public static func of(kind: MessageKind, properties: PublishProperties) -> (Direction, DirectionEvidence) {
        of(kind: kind, envelope: Envelope(properties))
    }

    static func of(kind: MessageKind, envelope: Envelope) -> (Direction, DirectionEvidence) {
        if envelope.deviceID != nil || envelope.hasAccessKey { return (.deviceToCloud, .userProperty) }
        if envelope.hasResponseTopic { return (.cloudToDevice, .responseTopic) }
        let direction = kind.defaultDirection
        return (direction, direction == .unknown ? .none : .topicTable)
    }
}

/// What decoding needs to know of a message's properties, found in one pass over their bytes.
struct Envelope {
    /// The first user property `device_id`.
    private(set) var deviceID: DeviceID?
    /// Whether there is a user property `access_key`.
    private(set) var hasAccessKey = false
    /// Whether there is a response topic.
    private(set) var hasResponseTopic = false

    init(_ properties: PublishProperties) {
        if properties.isEmpty { return }
        let bytes = properties.bytes
        var offset = 0
        while offset < bytes.count, let end = scan(bytes, at: offset) { offset = end }
    }

    /// Reads one property and gives the offset of the next; nil where the bytes are no property list.
    private mutating func scan(_ bytes: [UInt8], at offset: Int) -> Int? {
        let start = offset + 1
        switch bytes[offset] {
        case PublishProperty.Identifier.payloadFormatIndicator: return start + 1
        case PublishProperty.Identifier.messageExpiryInterval: return start + 4
        case PublishProperty.Identifier.topicAlias: return start + 2
        case PublishProperty.Identifier.contentType, PublishProperty.Identifier.correlationData:
            return Self.text(bytes, at: start)?.upperBound
        case PublishProperty.Identifier.responseTopic:
            guard let topic = Self.text(bytes, at: start) else { return nil }
            hasResponseTopic = true
            return topic.upperBound
        case PublishProperty.Identifier.subscriptionIdentifier:
            return bytes[start...].firstIndex { $0 & 0x80 == 0 }.map { $0 + 1 }
        case PublishProperty.Identifier.userProperty:
            guard let name = Self.text(bytes, at: start), let value = Self.text(bytes, at: name.upperBound) else {
                return nil
            }
            note(name, value: value, in: bytes)
            return value.upperBound
        default: return nil
        }
    }

    private mutating func note(_ name: Range<Int>, value: Range<Int>, in bytes: [UInt8]) {
        let text = bytes.span.extracting(name)
        if deviceID == nil, Bytes.equal(text, "device_id") {
            deviceID = DeviceID(String(decoding: bytes[value], as: UTF8.self))
        } else if Bytes.equal(text, "access_key") {
            hasAccessKey = true
        }
    }

    /// The range of a text or binary value whose two length bytes stand at `offset`.
    private static func text(_ bytes: [UInt8], at offset: Int) -> Range<Int>? {
        guard bytes.count - offset >= 2 else { return nil }
        let start = offset + 2
        let end = start + Int(bytes[offset]) << 8 + Int(bytes[offset + 1])
        return end <= bytes.count ? start..<end : nil
    }
}
