/// One token of a JSON text: what it is and which bytes it covers.
public struct JSONToken: Hashable, Sendable {
    /// What a token is.
    public enum Kind: UInt8, Hashable, Sendable {
        /// `{`
        case beginObject
        /// `}`
        case endObject
        /// `[`
        case beginArray
        /// `]`
        case endArray
        /// A member's name; its colon is already consumed.
        case key
        /// A string value.
        case string
        /// A number value.
        case number
        /// `true`
        case `true`
        /// `false`
        case `false`
        /// `null`
        case null
    }

    /// What the token is.
    public var kind: Kind
    /// First byte of the token; of a key or string the first byte behind the opening quote.
    public var start: Int
    /// Behind the last byte of the token; of a key or string the closing quote.
    public var end: Int
    /// Whether a key or string contains a backslash, so that its bytes are not its text.
    public var hasEscapes = false
    /// Whether a key or string contains an escaped surrogate without its partner, which decodes to U+FFFD.
    public var hasLoneSurrogate = false
    /// Whether a number is written without fraction and exponent.
    public var isInteger = false

    /// The bytes between ``start`` and ``end``.
    public var range: Range<Int> { start..<end }

    /// The bytes of the whole literal, the quotes of a key or string included.
    public var literalRange: Range<Int> {
        kind == .key || kind == .string ? start - 1..<end + 1 : start..<end
    }
}

extension JSONToken {
    /// The text of a key or string with its escapes resolved; of any other token its literal.
    ///
    /// - Parameter bytes: the text from which the token comes.
    /// - Returns: the text; a lone surrogate in it is U+FFFD.
    public func string(in bytes: Span<UInt8>) -> String {
        let content = bytes.extracting(range)
        return hasEscapes ? JSONEscapes.decode(content) : JSONEscapes.copy(content)
    }

    /// Whether a key or string is exactly `text`, compared by UTF-8 bytes; allocates only when there are escapes.
    ///
    /// - Parameters:
    ///   - text: what to compare with.
    ///   - bytes: the text from which the token comes.
    /// - Returns: whether the bytes are the same.
    public func equals(_ text: StaticString, in bytes: Span<UInt8>) -> Bool {
        if hasEscapes {
            return text.withUTF8Buffer { buffer in string(in: bytes).utf8.elementsEqual(buffer) }
        }
        guard end - start == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { buffer in
            for index in buffer.indices where buffer[index] != bytes[start + index] { return false }
            return true
        }
    }

    /// The value of an integer number; nil when it has a fraction or exponent, or does not fit.
    public func int64(in bytes: Span<UInt8>) -> Int64? {
        isInteger ? JSONNumber.int64(bytes.extracting(range)) : nil
    }
}
