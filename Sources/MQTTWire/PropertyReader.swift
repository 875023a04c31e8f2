/// Bytes that are not a PUBLISH property list.
public struct MalformedProperties: Error, Hashable, CustomStringConvertible {
    /// Where the list stops making sense, in bytes from its start.
    public var offset: Int
    /// What was expected there.
    public var reason: String

    /// One sentence for a person.
    public var description: String { "malformed MQTT properties at byte \(offset): \(reason)" }
}

/// Reads a property list front to back (MQTT 5.0 §2.2.2).
struct PropertyReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() throws(MalformedProperties) -> PublishProperty? {
        guard offset < bytes.count else { return nil }
        let identifier = bytes[offset]
        offset += 1
        switch identifier {
        case PublishProperty.Identifier.payloadFormatIndicator: return .payloadFormatIndicator(try byte())
        case PublishProperty.Identifier.messageExpiryInterval: return .messageExpiryInterval(try fourBytes())
        case PublishProperty.Identifier.topicAlias: return .topicAlias(try twoBytes())
        case PublishProperty.Identifier.responseTopic: return .responseTopic(try text())
        case PublishProperty.Identifier.contentType: return .contentType(try text())
        case PublishProperty.Identifier.correlationData: return .correlationData(Array(try binary()))
        case PublishProperty.Identifier.subscriptionIdentifier:
            return .subscriptionIdentifier(try variableByteInteger())
        case PublishProperty.Identifier.userProperty: return .userProperty(name: try text(), value: try text())
        default:
            throw MalformedProperties(offset: offset - 1, reason: "\(identifier) is no property of a PUBLISH packet")
        }
    }

    private mutating func byte() throws(MalformedProperties) -> UInt8 {
        guard offset < bytes.count else { throw truncated(1) }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func twoBytes() throws(MalformedProperties) -> UInt16 {
        let high = try byte()
        return UInt16(high) << 8 | UInt16(try byte())
    }

    private mutating func fourBytes() throws(MalformedProperties) -> UInt32 {
        let high = try twoBytes()
        return UInt32(high) << 16 | UInt32(try twoBytes())
    }

    private mutating func binary() throws(MalformedProperties) -> ArraySlice<UInt8> {
        let count = Int(try twoBytes())
        guard bytes.count - offset >= count else { throw truncated(count) }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    private mutating func text() throws(MalformedProperties) -> String {
        let start = offset
        guard let text = try binary().withUnsafeBytes(WireText.string) else {
            throw MalformedProperties(offset: start, reason: "text that is not UTF-8")
        }
        return text
    }

    private mutating func variableByteInteger() throws(MalformedProperties) -> UInt32 {
        var value: UInt32 = 0
        for shift: UInt32 in [0, 7, 14, 21] {
            let part = try byte()
            value |= UInt32(part & 0x7f) << shift
            if part & 0x80 == 0 { return value }
        }
        throw MalformedProperties(offset: offset, reason: "a variable byte integer of more than four bytes")
    }

    private func truncated(_ wanted: Int) -> MalformedProperties {
        MalformedProperties(
            offset: offset, reason: "\(wanted) more bytes expected, \(max(0, bytes.count - offset)) there")
    }
}
