import MQTTWire

/// The flags of a message's frame (docs/tape-format.md, "Message frame").
struct MessageFlags: RawRepresentable, Hashable {
    var rawValue: UInt8

    static let qosMask: UInt8 = 0b0000_0011
    static let retain: UInt8 = 1 << 2
    static let dup: UInt8 = 1 << 3
    static let packetID: UInt8 = 1 << 4
    static let duplicateOf: UInt8 = 1 << 5
    static let properties: UInt8 = 1 << 6
    static let redacted: UInt8 = 1 << 7

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(_ message: RecordedMessage) {
        rawValue = message.qos.rawValue
        if message.retain { rawValue |= Self.retain }
        if message.dup { rawValue |= Self.dup }
        if message.packetID != nil { rawValue |= Self.packetID }
        if message.duplicateOf != nil { rawValue |= Self.duplicateOf }
        if !message.properties.isEmpty { rawValue |= Self.properties }
        if message.redactions > 0 { rawValue |= Self.redacted }
    }

    func has(_ flag: UInt8) -> Bool { rawValue & flag != 0 }
}
