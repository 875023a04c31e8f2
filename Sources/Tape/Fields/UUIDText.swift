/// A UUID as most programs write it, in lower case with hyphens (RFC 9562 §4), and no other spelling.
///
/// Compared and hashed much faster than text.
public struct UUIDText: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    private static let bare = UUIDForm(isQuoted: false, isUpperCase: false)
    static let quoted = UUIDForm(isQuoted: true, isUpperCase: false)

    init(_ value: (UInt64, UInt64)) {
        (high, low) = value
    }

    /// Reads a text; nil for any other spelling.
    public init?(_ text: String) {
        var text = text
        let value = text.withUTF8 { Self.bare.parse($0.span) }
        guard let value else { return nil }
        self.init(value)
    }

    /// The text.
    public var text: String {
        var bytes: [UInt8] = []
        bytes.append(addingCapacity: UUIDForm.room) { Self.bare.append((high, low), to: &$0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
