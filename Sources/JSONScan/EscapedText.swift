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
        let literal = text.extracting(content)
        var index = content.lowerBound
        while index < content.upperBound {
            guard text[index] == UInt8(ascii: "\\"), index + 1 < content.upperBound else {
                append(CollectionOfOne(text[index]), at: index)
                index += 1
                continue
            }
            let (scalar, length) = JSONEscapes.scalar(at: index - content.lowerBound, in: literal)
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
}
