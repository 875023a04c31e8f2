/// A length of time as a person types it: `15m`, `1h30m`, `250ms`, `1.5h`, `2 hours 30 minutes`.
///
/// Units are `ns`, `us` or `µs`, `ms`, `s`, `m`, `h`, `d` (24 hours) and `w` (7 days), or their names; case does not
/// matter. Several parts stand from the largest unit to the smallest, each unit once. What is finer than a nanosecond
/// is cut off.
enum DurationExpression {
    /// Reads a length of time, in nanoseconds.
    ///
    /// - Throws: ``DurationExpressionError`` when the text is none, lacks a unit, exceeds 64-bit nanoseconds (292
    ///   years), or is negative and that is not allowed.
    static func parse(_ text: String, allowNegative: Bool = false) throws(DurationExpressionError) -> Int64 {
        func failure(_ reason: DurationExpressionError.Reason) -> DurationExpressionError {
            DurationExpressionError(text: text, reason: reason)
        }
        guard var scanner = TimeExpressionScanner(text) else { throw failure(.malformed) }
        let isNegative = scanner.take("-")
        if !isNegative { _ = scanner.take("+") }
        let length: Int64
        do throws(DurationExpressionError.Reason) {
            length = try parse(&scanner)
        } catch { throw failure(error) }
        guard scanner.isAtEnd else { throw failure(.malformed) }
        guard !isNegative || allowNegative else { throw failure(.negative) }
        return isNegative ? 0 - length : length
    }

    /// Reads as many parts as there are, in nanoseconds; a word that is no unit ends them when a space precedes it.
    static func parse(_ scanner: inout TimeExpressionScanner) throws(DurationExpressionError.Reason) -> Int64 {
        var total: Int128 = 0
        var previous = Int64.max
        repeat {
            scanner.spaces()
            let (nanoseconds, unit) = try part(&scanner)
            guard unit < previous else { throw .malformed }
            previous = unit
            total += nanoseconds
            guard total <= Int64.max else { throw .tooLong }
            scanner.spaces()
        } while scanner.next.map({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) ?? false
        return Int64(total)
    }

    private static func part(
        _ scanner: inout TimeExpressionScanner
    ) throws(DurationExpressionError.Reason) -> (nanoseconds: Int128, unit: Int64) {
        let whole = scanner.digits()
        guard !whole.isEmpty else { throw .malformed }
        var fraction: ArraySlice<UInt8> = []
        if scanner.take(".") {
            fraction = scanner.digits()
            guard !fraction.isEmpty else { throw .malformed }
        }
        scanner.spaces()
        let word = scanner.word()
        guard !word.isEmpty else { throw scanner.isAtEnd ? .missingUnit : .malformed }
        guard let unit = unit(String(decoding: word, as: UTF8.self)) else { throw .malformed }
        guard let value = TimeExpressionScanner.value(whole) else { throw .tooLong }
        // Eighteen digits are finer than a nanosecond in the largest unit, and fit 64 bits.
        let digits = fraction.prefix(18)
        let scale = digits.reduce(Int128(1)) { scale, _ in scale * 10 }
        let part = Int128(TimeExpressionScanner.value(digits) ?? 0) * Int128(unit) / scale
        return (Int128(value) * Int128(unit) + part, unit)
    }

    /// Nanoseconds of a unit.
    private static func unit(_ name: String) -> Int64? {
        switch name {
        case "ns", "nanosecond", "nanoseconds": 1
        case "us", "\u{b5}s", "\u{3bc}s", "microsecond", "microseconds": 1_000
        case "ms", "millisecond", "milliseconds": 1_000_000
        case "s", "sec", "secs", "second", "seconds": 1_000_000_000
        case "m", "min", "mins", "minute", "minutes": 60_000_000_000
        case "h", "hr", "hrs", "hour", "hours": 3_600_000_000_000
        case "d", "day", "days": 86_400_000_000_000
        case "w", "week", "weeks": 604_800_000_000_000
        default: nil
        }
    }
}

/// A text that is no length of time.
struct DurationExpressionError: Error, Hashable, CustomStringConvertible {
    /// What is wrong with it.
    enum Reason: Error, Hashable {
        /// No number with a unit, or parts in the wrong order.
        case malformed
        /// A number alone.
        case missingUnit
        /// Below zero where that makes no sense.
        case negative
        /// More than 64-bit nanoseconds hold.
        case tooLong
    }

    /// The text as given.
    var text: String
    /// What is wrong with it.
    var reason: Reason

    /// One sentence for a person.
    var description: String {
        let quoted = TimeExpressionError.quote(text)
        return switch reason {
        case .malformed: "\(quoted) is no length of time: write for example `90s` or `1h30m`"
        case .missingUnit:
            "\(quoted) has no unit: write `\(number)s` for seconds or `\(number)m` for minutes"
        case .negative: "\(quoted) must not be below zero: write for example `90s` or `1h30m`"
        case .tooLong: "\(quoted) is longer than 292 years: write for example `90s` or `2w`"
        }
    }

    /// The text if it is a bare number, else an example of one.
    private var number: String {
        let digits = text.filter { $0.isASCII && ($0.isNumber || $0 == ".") }
        return digits.count == text.filter { $0 != " " }.count && digits.count <= 20 ? digits : "90"
    }
}
