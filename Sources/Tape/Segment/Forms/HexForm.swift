/// Hexadecimal digits of one even count, packed two a byte, the first digit of each pair highest.
struct HexForm: Hashable, Sendable {
    /// How many digits a form can have: two a byte.
    static let digitCounts = 2...256

    /// Even, 2…256.
    let digits: Int
    let isUpperCase: Bool
    let isQuoted: Bool

    /// Takes the nearest even count of digits in range.
    init(digits: Int, isUpperCase: Bool, isQuoted: Bool) {
        self.digits = min(max(digits, Self.digitCounts.lowerBound), Self.digitCounts.upperBound) & ~1
        self.isUpperCase = isUpperCase
        self.isQuoted = isQuoted
    }

    /// How many bytes a token becomes.
    var packedCount: Int { digits / 2 }

    /// Where the packed bytes of token `index` lie among those of all.
    func packedRange(_ index: Int) -> Range<Int> { index * packedCount..<(index + 1) * packedCount }

    /// Appends the packed bytes of `token` to `packed`; false, and nothing appended, for any other spelling.
    func parse(_ token: Span<UInt8>, into packed: inout [UInt8]) -> Bool {
        var at = isQuoted ? 1 : 0
        let end = at + digits
        guard token.count == end + at else { return false }
        if isQuoted {
            guard token[0] == ASCII.quote, token[end] == ASCII.quote else { return false }
        }
        let text = token.bytes
        let before = packed.count
        while at + 8 <= end {
            guard let word = HexWord.decode(text.word(at: at), isUpperCase: isUpperCase) else {
                packed.removeLast(packed.count - before)
                return false
            }
            packed.append(UInt8(truncatingIfNeeded: word >> 24))
            packed.append(UInt8(truncatingIfNeeded: word >> 16))
            packed.append(UInt8(truncatingIfNeeded: word >> 8))
            packed.append(UInt8(truncatingIfNeeded: word))
            at += 8
        }
        while at < end {
            let pair = 0x3030_3030_3030_0000 | UInt64(token[at]) | UInt64(token[at + 1]) << 8
            guard let word = HexWord.decode(pair, isUpperCase: isUpperCase) else {
                packed.removeLast(packed.count - before)
                return false
            }
            packed.append(UInt8(truncatingIfNeeded: word >> 24))
            at += 2
        }
        return true
    }

    /// The length of a text in bytes.
    var room: Int { digits + (isQuoted ? 2 : 0) }

    /// Prints `packed`: its first `packedCount` bytes, and zeros for those that are missing.
    ///
    /// Needs ``room`` for it.
    func append(_ packed: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
        let start = output.count + (isQuoted ? 1 : 0)
        output.append(repeating: ASCII.quote, count: room)
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        var index = 0
        while index + 4 <= packedCount {
            bytes.store(HexWord.encode(word(packed, at: index), isUpperCase: isUpperCase), at: start + 2 * index)
            index += 4
        }
        while index < packedCount {
            let pair = HexWord.encode(word(packed, at: index), isUpperCase: isUpperCase)
            bytes.storeBytes(
                of: UInt16(truncatingIfNeeded: pair).littleEndian, toByteOffset: start + 2 * index, as: UInt16.self)
            index += 1
        }
    }

    /// Four bytes from `index` on, the first highest.
    @inline(__always)
    private func word(_ packed: Span<UInt8>, at index: Int) -> UInt32 {
        if index + 4 <= packed.count {
            return UInt32(truncatingIfNeeded: packed.bytes.halfWord(at: index)).byteSwapped
        }
        var word: UInt32 = 0
        for offset in 0..<4 { word = word << 8 | (index + offset < packed.count ? UInt32(packed[index + offset]) : 0) }
        return word
    }
}
