/// UUIDs in groups of 8, 4, 4, 4 and 12 digits (RFC 9562 §4): 16 bytes.
struct UUIDForm: Hashable, Sendable {
    let isQuoted: Bool
    let isUpperCase: Bool

    /// The first and the last 16 digits of `token`, as numbers; nil for any other spelling.
    @inline(__always)
    func parse(_ token: Span<UInt8>) -> (UInt64, UInt64)? {
        let start = isQuoted ? 1 : 0
        guard token.count == 36 + 2 * start else { return nil }
        if isQuoted {
            guard token[0] == ASCII.quote, token[37] == ASCII.quote else { return nil }
        }
        guard token[start + 8] == ASCII.minus, token[start + 13] == ASCII.minus, token[start + 18] == ASCII.minus,
            token[start + 23] == ASCII.minus
        else { return nil }
        let text = token.bytes
        guard let first = HexWord.decode(text.word(at: start), isUpperCase: isUpperCase),
            let second = HexWord.decode(
                text.halfWord(at: start + 9) | text.halfWord(at: start + 14) << 32, isUpperCase: isUpperCase),
            let third = HexWord.decode(
                text.halfWord(at: start + 19) | text.halfWord(at: start + 24) << 32, isUpperCase: isUpperCase),
            let fourth = HexWord.decode(text.word(at: start + 28), isUpperCase: isUpperCase)
        else { return nil }
        return (UInt64(first) << 32 | UInt64(second), UInt64(third) << 32 | UInt64(fourth))
    }

    /// The longest text in bytes.
    static let room = 38

    /// Prints the UUID; needs room for ``room`` bytes.
    @inline(__always)
    func append(_ value: (UInt64, UInt64), to output: inout OutputSpan<UInt8>) {
        let first = output.count
        let start = first + (isQuoted ? 1 : 0)
        let second = digits(value.0)
        let third = digits(value.1 >> 32)
        output.append(repeating: ASCII.quote, count: 36 + 2 * (start - first))
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        // Groups of four digits are written with their hyphen: the digits that follow cover what is too much.
        bytes.store(digits(value.0 >> 32), at: start)
        bytes.store(hyphened(second), at: start + 8)
        bytes.store(hyphened(second >> 32), at: start + 13)
        bytes.store(hyphened(third), at: start + 18)
        bytes.store(hyphened(third >> 32), at: start + 23)
        bytes.store(digits(value.1), at: start + 28)
    }

    @inline(__always)
    private func digits(_ value: UInt64) -> UInt64 {
        HexWord.encode(UInt32(truncatingIfNeeded: value), isUpperCase: isUpperCase)
    }

    /// A hyphen and the first four of `digits`.
    @inline(__always)
    private func hyphened(_ digits: UInt64) -> UInt64 { digits << 8 | UInt64(ASCII.minus) }
}
