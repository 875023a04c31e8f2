/// Bytes that are not one JSON text (RFC 8259).
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the text stops being JSON, in bytes from its start; the number of bytes when it ends too early.
    public var offset: Int
    /// What should have stood there.
    public var expected: Expectation

    /// Makes an error for the byte at `offset`.
    public init(offset: Int, expected: Expectation) {
        self.offset = offset
        self.expected = expected
    }

    /// One sentence for a person.
    public var description: String { "no valid JSON at byte \(offset): \(expected.rawValue) expected" }

    /// What the grammar allows at a place.
    public enum Expectation: String, Hashable, Sendable {
        /// Any value.
        case value = "a value"
        /// A member's name.
        case key = "a name in double quotes"
        /// A member's name, or the end of an empty object.
        case keyOrEnd = "a name in double quotes or `}`"
        /// What separates name and value.
        case colon = "`:`"
        /// What follows a member.
        case commaOrObjectEnd = "`,` or `}`"
        /// What follows an element.
        case commaOrArrayEnd = "`,` or `]`"
        /// Nothing but white space after the value.
        case endOfText = "the end of the text"
        /// A digit of a number.
        case digit = "a digit"
        /// A string that goes on, or ends.
        case stringEnd = "the closing double quote"
        /// A character that is not below U+0020, which may stand in a string only escaped.
        case escapedControl = "an escape instead of a control character"
        /// One of the eight escapes or `u`.
        case escape = "one of `\"\\/bfnrtu` after a backslash"
        /// Four hexadecimal digits after `\u`.
        case hexDigit = "a hexadecimal digit"
        /// Well-formed UTF-8 (RFC 3629).
        case utf8 = "well-formed UTF-8"
        /// An opening bracket is one too many for the tokeniser's limit.
        case lessDepth = "less nesting"
        /// No mark before the first value (RFC 8259 §8.1).
        case noByteOrderMark = "no byte order mark"
    }
}
