/// The identity of a device as it stands in topics, user properties and payloads.
///
/// Mostly a UUID, but any text is accepted. Two identities are the same only when their UTF-8 bytes are: MQTT compares
/// topics by bytes (MQTT 5.0 §4.7.3) while Swift's strings compare by canonical equivalence.
public struct DeviceID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identity as written on the wire.
    public let text: String

    /// Takes an identity as written on the wire.
    public init(_ text: String) {
        self.text = text
    }

    /// The identity as written on the wire.
    public var description: String { text }

    /// Compares the UTF-8 bytes.
    public static func == (left: Self, right: Self) -> Bool {
        Bytes.equal(left.text, right.text)
    }

    /// Orders by UTF-8 bytes, as SQLite's BINARY collation does.
    public static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Hashes the UTF-8 bytes.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // A terminator, which UTF-8 never contains, keeps neighbouring fields apart.
        hasher.combine(0xff as UInt8)
    }
}

extension DeviceID: ExpressibleByStringLiteral {
    /// Takes an identity written in the source.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}
