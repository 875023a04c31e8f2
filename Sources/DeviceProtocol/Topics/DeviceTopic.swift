/// A topic of the form `v1/device/ID/…`, taken apart.
public struct DeviceTopic: Hashable, Sendable {
    /// The device that the topic names; nil where it names none.
    public var device: DeviceID?
    /// What messages on this topic are about.
    public var kind: MessageKind
    /// What follows the device, without the slash; the whole topic where there is no device.
    public var suffix: String

    /// Puts the parts of a topic together.
    public init(device: DeviceID?, kind: MessageKind, suffix: String) {
        self.device = device
        self.kind = kind
        self.suffix = suffix
    }

    /// Takes a topic apart; every text is accepted, a foreign one is of kind ``MessageKind/unknown``.
    public static func parse(_ topic: String) -> DeviceTopic {
        var topic = topic
        return topic.withUTF8 { bytes in
            guard let parts = TopicParts(bytes) else {
                return DeviceTopic(device: nil, kind: .unknown, suffix: String(decoding: bytes, as: UTF8.self))
            }
            return DeviceTopic(
                device: DeviceID(String(decoding: bytes[parts.device], as: UTF8.self)), kind: parts.kind(in: bytes),
                suffix: String(decoding: bytes[parts.suffix], as: UTF8.self))
        }
    }

    /// The topic on which messages of a kind travel for a device; nil for ``MessageKind/unknown``.
    ///
    /// For commands this is the plural form of https://dev.xyte.io/reference/mqtt-events.
    public static func topic(for kind: MessageKind, device: DeviceID) -> String? {
        kind.suffix.map { suffix in "v1/device/\(device.text)/\(suffix)" }
    }
}

/// Where device and suffix lie in the bytes of a topic.
struct TopicParts {
    let device: Range<Int>
    let suffix: Range<Int>

    private static let prefix: StaticString = "v1/device/"

    /// Nil when the topic does not begin with `v1/device/` and a level that is not empty.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        let start = Self.prefix.utf8CodeUnitCount
        guard Self.equal(bytes.prefix(start), Self.prefix) else { return nil }
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
        guard end > start else { return nil }
        device = start..<end
        suffix = min(end + 1, bytes.count)..<bytes.count
    }

    func kind(in bytes: UnsafeBufferPointer<UInt8>) -> MessageKind {
        let text = bytes[suffix]
        // The length singles out nearly every suffix, so at most three comparisons are made.
        switch text.count {
        case 3: return Self.equal(text, "get") ? .snapshotRequest : .unknown
        case 6:
            if Self.equal(text, "config") { return .config }
            return Self.equal(text, "update") ? .deviceUpdate : .unknown
        case 7:
            if Self.equal(text, "license") { return .license }
            return Self.equal(text, "command") ? .command : .unknown
        case 8:
            if Self.equal(text, "commands") { return .command }
            return Self.equal(text, "firmware") ? .firmwareNotice : .unknown
        case 9:
            if Self.equal(text, "telemetry") { return .telemetry }
            return Self.equal(text, "incidents") ? .incident : .unknown
        case 10: return Self.equal(text, "space_info") ? .spaceInfo : .unknown
        case 13: return Self.equal(text, "config/update") ? .configUpdate : .unknown
        case 14: return Self.equal(text, "license/update") ? .licenseUpdate : .unknown
        case 15: return Self.equal(text, "commands/update") ? .commandUpdate : .unknown
        case 16: return Self.equal(text, "command/children") ? .command : .unknown
        case 21: return Self.equal(text, "cloud_settings/update") ? .cloudSetting : .unknown
        default: return .unknown
        }
    }

    private static func equal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ text: StaticString) -> Bool {
        Bytes.equal(UnsafeBufferPointer(rebasing: bytes).span, text)
    }
}
