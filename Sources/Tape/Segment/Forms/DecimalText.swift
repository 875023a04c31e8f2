/// A JSON number without an exponent in its one canonical spelling: no plus sign, no leading zeros, no `-0`.
struct DecimalText: Hashable {
    /// All digits as one integer, the point left out: 1250 for `12.50`.
    var digits: UInt64
    /// How many of the digits stand behind the point.
    var fractionCount: Int
    var isNegative: Bool

    /// Reads the bytes of a token, without its quotes when `isQuoted`; nil for any other spelling or more than 19
    /// significant digits.
    @inline(__always)
    init?(_ token: Span<UInt8>, isQuoted: Bool) {
        var at = 0
        var end = token.count
        // A sign, `0.`, four zeros and 19 digits are the longest number that can pass.
        guard end <= 28 else { return nil }
        if isQuoted {
            guard end > 2, token[0] == ASCII.quote, token[end - 1] == ASCII.quote else { return nil }
            at = 1
            end -= 1
        }
        guard at < end else { return nil }
        isNegative = token[at] == ASCII.minus
        if isNegative { at += 1 }

        digits = 0
        let start = at
        Self.readDigits(token, from: &at, to: end, into: &digits)
        let wholeCount = at - start
        guard wholeCount > 0, wholeCount == 1 || token[start] != ASCII.zero else { return nil }
        fractionCount = 0
        if at < end {
            guard token[at] == ASCII.point, at + 1 < end else { return nil }
            at += 1
            fractionCount = end - at
            Self.readDigits(token, from: &at, to: end, into: &digits)
            guard at == end else { return nil }
        }
        if wholeCount + fractionCount > 19 {
            // The sum may have wrapped, unless the surplus is zeros in front.
            guard Self.significantCount(token, from: start, to: end) <= 19 else { return nil }
        }
        guard digits > 0 || !isNegative else { return nil }
    }

    /// Moves `at` behind the digits that stand there.
    @inline(__always)
    private static func readDigits(_ token: Span<UInt8>, from at: inout Int, to end: Int, into digits: inout UInt64) {
        let bytes = token.bytes
        while end - at >= 8, let eight = DigitWord.decode(bytes.word(at: at)) {
            digits = digits &* DigitWord.limit &+ eight
            at += 8
        }
        while at < end {
            let digit = token[at] &- ASCII.zero
            guard digit < 10 else { return }
            digits = digits &* 10 &+ UInt64(digit)
            at += 1
        }
    }

    private static func significantCount(_ token: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var at = start
        while at < end, token[at] == ASCII.zero || token[at] == ASCII.point { at += 1 }
        return end - at
    }

    /// How many bytes must be free to append one: a constant count is filled by a few wide stores, and at most
    /// 2 + 21 + 1 + 8 bytes of it are written to.
    static let room = 32

    /// Writes `digits` with the point before the last `fractionCount` of them, which are 20 at most.
    @inline(__always)
    static func append(
        _ digits: UInt64, fractionCount: Int, isNegative: Bool, isQuoted: Bool, to output: inout OutputSpan<UInt8>
    ) {
        let first = output.count
        let start = first + (isQuoted ? 1 : 0) + (isNegative ? 1 : 0)
        let digitCount = max(PowersOfTen.digitCount(digits), fractionCount + 1)
        let end = start + digitCount + (fractionCount > 0 ? 1 : 0)
        output.append(repeating: ASCII.quote, count: room)
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        if fractionCount > 0 {
            // The whole part moves down by one to make room for the point.
            write(digits, count: digitCount, to: &bytes, at: start + 1)
            let point = end - fractionCount - 1
            var at = start
            while at < point {
                bytes.storeBytes(
                    of: bytes.unsafeLoad(fromByteOffset: at + 1, as: UInt8.self), toByteOffset: at, as: UInt8.self)
                at += 1
            }
            bytes.storeBytes(of: ASCII.point, toByteOffset: point, as: UInt8.self)
        } else {
            write(digits, count: digitCount, to: &bytes, at: start)
        }
        if isNegative { bytes.storeBytes(of: ASCII.minus, toByteOffset: start - 1, as: UInt8.self) }
        if isQuoted { bytes.storeBytes(of: ASCII.quote, toByteOffset: end, as: UInt8.self) }
        output.removeLast(first + room - end - (isQuoted ? 1 : 0))
    }

    /// Writes `count` digits from `offset` on, zeros in front if need be, and up to seven bytes of no meaning behind.
    @inline(__always)
    private static func write(_ digits: UInt64, count: Int, to bytes: inout MutableRawSpan, at offset: Int) {
        if count <= 8 {
            return bytes.store(leading(digits, count: count), at: offset)
        }
        let high = digits / DigitWord.limit
        let low = digits &- high &* DigitWord.limit
        if count <= 16 {
            bytes.store(leading(high, count: count - 8), at: offset)
        } else {
            let top = high / DigitWord.limit
            bytes.store(leading(top, count: count - 16), at: offset)
            bytes.store(DigitWord.encode(high &- top &* DigitWord.limit), at: offset + count - 16)
        }
        bytes.store(DigitWord.encode(low), at: offset + count - 8)
    }

    /// The last `count` digits, 1…8, of `value` in front.
    @inline(__always)
    private static func leading(_ value: UInt64, count: Int) -> UInt64 {
        DigitWord.encode(value) >> (UInt64(8 &- count) &* 8)
    }
}

/// The powers of ten that fit 64 bits.
enum PowersOfTen {
    private static let table: InlineArray<20, UInt64> = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// Ten to the power of `exponent`, which is held to 0…19.
    @inline(__always)
    static subscript(_ exponent: Int) -> UInt64 { table[min(max(exponent, 0), 19)] }

    /// How many decimal digits `value` has; 1 for 0.
    @inline(__always)
    static func digitCount(_ value: UInt64) -> Int {
        // 1233 / 4096 is log10(2), near enough to be at most one too low.
        let bits = 64 - (value | 1).leadingZeroBitCount
        let guess = (bits &* 1233) >> 12
        return guess + (value >= table[min(guess, 19)] ? 1 : 0) + (value == 0 ? 1 : 0)
    }
}
