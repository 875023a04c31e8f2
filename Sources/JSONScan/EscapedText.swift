/// The text that a JSON string stands for, with the place of each of its bytes in the literal.
public struct EscapedText: Sendable {
    /// The text, UTF-8; a lone surrogate in the literal is U+FFFD.
    public private(set) var bytes: [UInt8] = []
    /// Where in the literal each byte begins, and where the literal ends.
    private var offsets: [Int] = []

    /// Resolves the escapes of a string's content, which the tokeniser has checked.
    ///
    /// - Parameters:
    ///   - text: the whole JSON text.
    ///   - content: the string's bytes in it, without the quotes.
    public init(_ text: Span<UInt8>, _ content: Range<Int>) {
        bytes.reserveCapacity(content.count)
        offsets.reserveCapacity(content.count + 1)
        var index = content.lowerBound
        while index < content.upperBound {
            guard text[index] == UInt8(ascii: "\\"), index + 1 < content.upperBound else {
                append(CollectionOfOne(text[index]), at: index)
                index += 1
                continue
            }
            let (scalar, length) = Self.scalar(text, index, content.upperBound)
            append(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter, at: index)
            index += length
        }
        offsets.append(content.upperBound)
    }

    /// The range of the literal that a range of ``bytes`` comes from.
    public func literal(_ range: Range<Int>) -> Range<Int> {
        offsets[range.lowerBound]..<offsets[range.upperBound]
    }

    private mutating func append(_ units: some Collection<UInt8>, at offset: Int) {
        for unit in units {
            bytes.append(unit)
            offsets.append(offset)
        }
    }

    /// What the escape at `index` stands for, and its length.
    private static func scalar(_ text: Span<UInt8>, _ index: Int, _ end: Int) -> (Unicode.Scalar, Int) {
        switch text[index + 1] {
        case UInt8(ascii: "b"): return ("\u{8}", 2)
        case UInt8(ascii: "f"): return ("\u{C}", 2)
        case UInt8(ascii: "n"): return ("\n", 2)
        case UInt8(ascii: "r"): return ("\r", 2)
        case UInt8(ascii: "t"): return ("\t", 2)
        case UInt8(ascii: "u"):
            guard let unit = unit(text, index + 2, end) else { return ("\u{FFFD}", 2) }
            if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
            guard unit < 0xDC00, index + 7 < end, text[index + 6] == UInt8(ascii: "\\"),
                text[index + 7] == UInt8(ascii: "u"), let low = Self.unit(text, index + 8, end), 0xDC00...0xDFFF ~= low
            else { return ("\u{FFFD}", 6) }
            let value = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
            return (Unicode.Scalar(value) ?? "\u{FFFD}", 12)
        case let byte: return (Unicode.Scalar(byte), 2)
        }
    }

    private static func unit(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> UInt16? {
        guard start + 4 <= end else { return nil }
        var unit: UInt16 = 0
        for index in start..<start + 4 {
            guard let digit = Character(Unicode.Scalar(text[index])).hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
