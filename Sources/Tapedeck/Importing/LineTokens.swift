import JSONScan

/// The tokens of one line, read with the errors of an import.
struct LineTokens {
    private var tokenizer = JSONTokenizer()

    /// Where the next token begins, in bytes from the start of the line.
    var offset: Int { tokenizer.offset }

    /// The next token; nil at the end of the line.
    mutating func next(_ line: Span<UInt8>) throws(BrokenLine) -> JSONToken? {
        do { return try tokenizer.next(in: line) } catch { throw BrokenLine(error) }
    }

    /// The next token, which the grammar guarantees: a value after a key, or what ends a container.
    mutating func required(_ line: Span<UInt8>) throws(BrokenLine) -> JSONToken {
        guard let token = try next(line) else { throw BrokenLine(offset: offset, reason: "the line ends too early") }
        return token
    }

    /// Moves on behind a value whose first token was read, and gives the bytes of the whole value.
    mutating func literal(_ first: JSONToken, _ line: Span<UInt8>) throws(BrokenLine) -> Range<Int> {
        guard first.kind == .beginObject || first.kind == .beginArray else { return first.literalRange }
        do { try tokenizer.skipContainer(in: line) } catch { throw BrokenLine(error) }
        return first.start..<tokenizer.offset
    }
}

extension BrokenLine {
    /// What the tokeniser says, where it says it.
    init(_ error: JSONError) {
        self.init(offset: error.offset, reason: "no valid JSON: \(error.expected.rawValue) expected")
    }
}

extension Array where Element == UInt8 {
    /// A copy of bytes.
    init(copying bytes: Span<UInt8>) {
        self = bytes.withUnsafeBufferPointer { Array($0) }
    }
}
