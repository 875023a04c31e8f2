/// The keys of a line in the `messages` contract.
enum MessageKey: UInt32 {
    case time, topic, payload, payloadBase64, qos, retain, dup, properties, sequence, session, duplicateOf, redactions
    /// What export derives from topic and payload.
    case derived

    /// The bit that stands for the key in a set of those that were there.
    var bit: UInt32 { 1 << rawValue }

    /// The key of that name; nil when no line has one.
    init?(_ name: Span<UInt8>) {
        // The length singles out nearly every key.
        switch name.count {
        case 3 where Self.equal(name, "qos"): self = .qos
        case 3 where Self.equal(name, "dup"): self = .dup
        case 3 where Self.equal(name, "seq"): self = .sequence
        case 4 where Self.equal(name, "time"): self = .time
        case 4 where Self.equal(name, "kind"): self = .derived
        case 5 where Self.equal(name, "topic"): self = .topic
        case 6 where Self.equal(name, "retain"): self = .retain
        case 6 where Self.equal(name, "device"): self = .derived
        case 7 where Self.equal(name, "payload"): self = .payload
        case 7 where Self.equal(name, "session"): self = .session
        case 10 where Self.equal(name, "properties"): self = .properties
        case 10 where Self.equal(name, "redactions"): self = .redactions
        case 11 where Self.equal(name, "device_time"): self = .derived
        case 12 where Self.equal(name, "duplicate_of"): self = .duplicateOf
        case 14 where Self.equal(name, "payload_base64"): self = .payloadBase64
        default: return nil
        }
    }

    /// The key as it is written.
    var name: String {
        switch self {
        case .time: "time"
        case .topic: "topic"
        case .payload: "payload"
        case .payloadBase64: "payload_base64"
        case .qos: "qos"
        case .retain: "retain"
        case .dup: "dup"
        case .properties: "properties"
        case .sequence: "seq"
        case .session: "session"
        case .duplicateOf: "duplicate_of"
        case .redactions: "redactions"
        case .derived: "device"
        }
    }

    @inline(__always)
    private static func equal(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        let letters = text.utf8Start
        for index in bytes.indices where bytes[index] != letters[index] { return false }
        return true
    }
}
