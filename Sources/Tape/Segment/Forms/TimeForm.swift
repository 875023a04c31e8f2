/// ISO 8601 times: the value counts units of ten to the minus `fractionDigits` seconds since 1970-01-01T00:00:00 of the
/// clock as written; the zone is not applied.
struct TimeForm: Hashable, Sendable {
    /// The most digits of a second's fraction: nanoseconds.
    static let maximumFractionDigits = 9
    /// The longest suffix in bytes.
    static let maximumSuffix = 8

    /// 0…9.
    let fractionDigits: Int
    /// Whether zeros at the end of the fraction are left out, and the point with the last of them, as Go does.
    let trimsFraction: Bool
    /// What stands between date and time: `T` or a space.
    let separator: UInt8
    let isQuoted: Bool
    /// How long the suffix is: what follows the seconds, `Z` or `+01:00` or nothing.
    let suffixCount: Int
    /// The suffix as it lies in memory, read as a little-endian number.
    private let suffixWord: UInt64

    /// Takes the nearest count of digits in range, the first 8 bytes of the suffix, and `T` for an unknown separator.
    init(fractionDigits: Int, trimsFraction: Bool, separator: UInt8, suffix: [UInt8], isQuoted: Bool) {
        self.fractionDigits = min(max(fractionDigits, 0), Self.maximumFractionDigits)
        self.trimsFraction = trimsFraction
        self.separator = separator == ASCII.space ? ASCII.space : ASCII.letterT
        self.isQuoted = isQuoted
        suffixCount = min(suffix.count, Self.maximumSuffix)
        suffixWord = suffix.prefix(Self.maximumSuffix).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What follows the seconds, `Z` or `+01:00` or nothing: 8 bytes at most.
    var suffix: [UInt8] { (0..<suffixCount).map(suffixByte) }

    /// Whether the times are written in UTC.
    var isUTC: Bool { suffixCount == 1 && suffixByte(0) == UInt8(ascii: "Z") }

    @inline(__always)
    private func suffixByte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: suffixWord >> UInt64(index &* 8)) }

    /// The value of `token`, which `append` prints byte for byte the same; nil when there is none.
    ///
    /// A second 60 and the year 0000 have none, nor have times whose count of units does not fit an `Int64`:
    /// nanoseconds before 1677 and after 2262.
    @inline(__always)
    func parse(_ token: Span<UInt8>) -> Int64? {
        var end = token.count - suffixCount
        var at = 0
        if isQuoted {
            end -= 1
            guard end > 19, token[0] == ASCII.quote, token[token.count - 1] == ASCII.quote else { return nil }
            at = 1
        }
        guard end - at >= 19, let seconds = CivilClock.seconds(token.bytes, at: at, separator: separator) else {
            return nil
        }
        for index in 0..<suffixCount {
            guard token[end + index] == suffixByte(index) else { return nil }
        }
        guard let fraction = fraction(token, from: at + 19, to: end) else { return nil }
        let (units, overflow) = seconds.multipliedReportingOverflow(by: Int64(PowersOfTen[fractionDigits]))
        let (value, overflowInSum) = units.addingReportingOverflow(fraction)
        return overflow || overflowInSum ? nil : value
    }

    /// The fraction in units; nil when it is not spelled as this form spells it.
    @inline(__always)
    private func fraction(_ token: Span<UInt8>, from start: Int, to end: Int) -> Int64? {
        let count = end - start - 1
        if count < 0 { return fractionDigits == 0 || trimsFraction ? 0 : nil }
        guard token[start] == ASCII.point, count > 0, count <= fractionDigits, trimsFraction || count == fractionDigits
        else { return nil }
        var fraction: Int64 = 0
        var at = start + 1
        while at < end {
            let digit = token[at] &- ASCII.zero
            guard digit < 10 else { return nil }
            fraction = fraction &* 10 &+ Int64(digit)
            at += 1
        }
        guard trimsFraction else { return fraction }
        return fraction % 10 == 0 ? nil : fraction &* Int64(PowersOfTen[fractionDigits - count])
    }

    /// How many bytes must be free to append one: a constant count is filled by a few wide stores, and at most
    /// 1 + 29 + 8 + 1 bytes of it are written to.
    static let room = 40

    /// Prints `value`; one before the year 1 or after the year 9999 as the first or last second between them.
    ///
    /// Needs ``room`` for it.
    @inline(__always)
    func append(_ value: Int64, to output: inout OutputSpan<UInt8>) {
        var (seconds, fraction) = split(value)
        var shown = fractionDigits
        if trimsFraction {
            while shown > 0, fraction % 10 == 0 {
                fraction /= 10
                shown -= 1
            }
        }
        let (date, hours, ends) = CivilClock.words(seconds, separator: separator)
        let first = output.count
        let start = first + (isQuoted ? 1 : 0)
        let suffixStart = start + (shown > 0 ? 20 + shown : 19)
        let end = suffixStart + suffixCount
        output.append(repeating: ASCII.quote, count: Self.room)
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        bytes.store(date, at: start)
        bytes.store(hours, at: start + 8)
        // The last eight of the nineteen overlap those before; what follows overwrites what is too much.
        bytes.store(ends, at: start + 11)
        if shown > 0 {
            // Nine digits: the first eight, and the ninth alone.
            let nine = fraction.magnitude &* PowersOfTen[9 - shown]
            let eight = nine / 10
            bytes.store(UInt64(ASCII.point), at: start + 19)
            bytes.store(DigitWord.encode(eight), at: start + 20)
            bytes.storeBytes(
                of: UInt8(truncatingIfNeeded: nine &- eight &* 10) &+ ASCII.zero, toByteOffset: start + 28,
                as: UInt8.self)
        }
        bytes.store(suffixWord, at: suffixStart)
        bytes.storeBytes(of: ASCII.quote, toByteOffset: end, as: UInt8.self)
        output.removeLast(first + Self.room - end - (start - first))
    }

    /// The seconds before `value`, and the units from there on.
    @inline(__always)
    private func split(_ value: Int64) -> (seconds: Int64, fraction: Int64) {
        // A division by a constant is a multiplication, several times as fast.
        let parts =
            switch fractionDigits {
            case 0: (quotient: value, remainder: Int64(0))
            case 3: value.quotientAndRemainder(dividingBy: 1_000)
            case 6: value.quotientAndRemainder(dividingBy: 1_000_000)
            case 9: value.quotientAndRemainder(dividingBy: 1_000_000_000)
            default: value.quotientAndRemainder(dividingBy: Int64(PowersOfTen[fractionDigits]))
            }
        guard parts.remainder < 0 else { return (parts.quotient, parts.remainder) }
        return (parts.quotient - 1, parts.remainder + Int64(PowersOfTen[fractionDigits]))
    }
}
