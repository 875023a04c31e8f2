/// A JSON number as it was written.
///
/// Two numbers are equal when they are spelled alike: `1`, `1.0` and `1e0` differ.
public struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
    /// The literal text, for example `-1.50e3`.
    public let text: String

    /// Takes a literal; nil when it is no JSON number.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        var tokenizer = JSONTokenizer()
        guard let token = try? tokenizer.next(in: bytes.span), token.kind == .number, token.range == bytes.indices
        else { return nil }
        self.text = text
    }

    /// Spells an integer.
    public init(_ value: some FixedWidthInteger) {
        text = String(value)
    }

    /// Spells a double so that it reads back as the same value; nil for infinities and NaN, which JSON lacks.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// Takes text that the tokeniser has passed as a number.
    init(checked text: String) {
        self.text = text
    }

    /// The literal text.
    public var description: String { text }

    /// Whether there is neither fraction nor exponent.
    public var isInteger: Bool {
        let bytes = text.utf8Span.span
        for index in bytes.indices {
            // `+`, `-` and digits are integers' bytes; `.`, `e` and `E` are not.
            let byte = bytes[index]
            if byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") { return false }
        }
        return true
    }

    /// The exact value of an integer literal; nil when there is a fraction or exponent or it does not fit.
    public var int64: Int64? {
        Self.int64(text.utf8Span.span)
    }

    /// The nearest double; infinite beyond the range of doubles.
    public var double: Double {
        Self.double(text.utf8Span.span)
    }
}

extension JSONNumber {
    /// The value of an integer literal that fits.
    static func int64(_ bytes: Span<UInt8>) -> Int64? {
        guard bytes.count > 0 else { return nil }
        let isNegative = bytes[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in (isNegative ? 1 : 0)..<bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            // Counting downwards reaches the smallest value too, whose magnitude has no positive counterpart.
            let (sum, beyond) =
                isNegative
                ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
            guard !overflow, !beyond else { return nil }
            value = sum
        }
        return value
    }

    /// The nearest double to a number literal.
    ///
    /// Implementation note: a mantissa below 2⁵³ and a power of ten up to 10²² are both exact doubles, so that one
    /// multiplication or division rounds correctly (W. D. Clinger, How to Read Floating Point Numbers Accurately,
    /// 1990). Everything else goes to the standard library.
    static func double(_ bytes: Span<UInt8>) -> Double {
        var index = 0
        let isNegative = bytes.count > 0 && bytes[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        var isFraction = false
        loop: while index < bytes.count {
            let byte = bytes[index]
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                if mantissa != 0 { digits += 1 }
                if isFraction { exponent -= 1 }
            } else if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                break loop
            }
            index += 1
        }
        guard digits <= 18 else { return slowDouble(bytes) }
        if index + 1 < bytes.count {
            let start = bytes[index + 1] == UInt8(ascii: "+") ? index + 2 : index + 1
            guard let written = int64(bytes.extracting(start..<bytes.count)), -400...400 ~= written
            else { return slowDouble(bytes) }
            exponent += Int(written)
        }
        guard mantissa < 1 << 53, -22...22 ~= exponent else {
            return mantissa == 0 ? (isNegative ? -0.0 : 0) : slowDouble(bytes)
        }
        let magnitude = Double(mantissa)
        let value = exponent < 0 ? magnitude / powersOfTen[-exponent] : magnitude * powersOfTen[exponent]
        return isNegative ? -value : value
    }

    private static func slowDouble(_ bytes: Span<UInt8>) -> Double {
        Double(JSONEscapes.copy(bytes)) ?? .nan
    }

    private static let powersOfTen: InlineArray<23, Double> = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
