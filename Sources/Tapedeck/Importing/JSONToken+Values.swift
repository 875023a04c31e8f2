import JSONScan

extension JSONToken {
    /// The text of a string; nil for anything else.
    ///
    /// - Throws: ``BrokenLine`` for a text that UTF-8 cannot hold.
    func text(_ line: Span<UInt8>) throws(BrokenLine) -> String? {
        guard kind == .string else { return nil }
        guard !hasLoneSurrogate else {
            throw BrokenLine(offset: start, reason: "a surrogate (\\ud800 to \\udfff) without its partner is no text")
        }
        return string(in: line)
    }

    /// The whole number of a key, in its range.
    ///
    /// - Throws: ``BrokenLine`` for anything else.
    func integer(_ key: String, _ range: ClosedRange<Int64>, _ line: Span<UInt8>) throws(BrokenLine) -> Int64 {
        guard let number = kind == .number ? int64(in: line) : nil, range.contains(number) else {
            throw BrokenLine(
                offset: start, reason: "`\(key)` is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The bytes of a key in Base64, at most so many.
    ///
    /// - Throws: ``BrokenLine`` for anything else.
    func base64(_ key: String, most: Int, _ line: Span<UInt8>) throws(BrokenLine) -> [UInt8] {
        guard let text = try text(line), let bytes = Base64Text.decode(text.utf8Span.span), bytes.count <= most else {
            throw BrokenLine(offset: start, reason: "`\(key)` is no Base64 (RFC 4648) of at most \(most) bytes")
        }
        return bytes
    }
}
