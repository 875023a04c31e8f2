internal import DeviceProtocol

/// Recognises which way of saying a time a text is.
struct TimeExpressionParser {
    typealias Reason = TimeExpressionError.Reason

    private var scanner: TimeExpressionScanner

    static func parse(_ text: String) throws(Reason) -> TimeExpression.Form {
        guard let scanner = TimeExpressionScanner(text) else { throw .malformed }
        var parser = TimeExpressionParser(scanner: scanner)
        let form = try parser.form()
        guard parser.scanner.isAtEnd else { throw .malformed }
        return form
    }

    private mutating func form() throws(Reason) -> TimeExpression.Form {
        if scanner.take(word: "now") { return .sinceReference(nanoseconds: 0) }
        if scanner.take(word: "today") { return .calendarDay(daysBack: 0, try timeOfDayOrMidnight()) }
        if scanner.take(word: "yesterday") { return .calendarDay(daysBack: 1, try timeOfDayOrMidnight()) }
        if scanner.take("@") { return .instant(try epoch()) }
        if scanner.take("-") { return .sinceReference(nanoseconds: 0 - (try length())) }
        if scanner.take("+") { return .sinceReference(nanoseconds: try length()) }
        let start = scanner
        if let year = scanner.number(digits: 4...4), scanner.take("-") { return try date(year: year) }
        scanner = start
        if scanner.number(digits: 1...2) != nil, scanner.take(":") {
            scanner = start
            return .timeOfDay(try timeOfDay())
        }
        scanner = start
        if !scanner.digits().isEmpty, scanner.isAtEnd { throw .bareNumber }
        scanner = start
        let length = try length()
        guard scanner.take(word: "ago") else { throw scanner.isAtEnd ? .missingDirection : .malformed }
        return .sinceReference(nanoseconds: 0 - length)
    }

    private mutating func length() throws(Reason) -> Int64 {
        do throws(DurationExpressionError.Reason) {
            return try DurationExpression.parse(&scanner)
        } catch {
            switch error {
            case .missingUnit: throw .missingUnit
            case .tooLong: throw .outOfRange
            case .malformed, .negative: throw .malformed
            }
        }
    }

    private mutating func epoch() throws(Reason) -> Timestamp {
        let digits = scanner.digits()
        guard !digits.isEmpty else { throw .malformed }
        let scale: Int64 =
            switch digits.count {
            case 13: 1_000_000
            case 16: 1_000
            case 19: 1
            default: 1_000_000_000
            }
        let nanosecond = scale == 1_000_000_000 ? try fraction() : 0
        guard let value = TimeExpressionScanner.value(digits),
            let nanoseconds = Int64(exactly: Int128(value) * Int128(scale) + Int128(nanosecond))
        else { throw .outOfRange }
        return Timestamp(nanoseconds: nanoseconds)
    }

    private mutating func date(year: Int) throws(Reason) -> TimeExpression.Form {
        guard let month = scanner.number(digits: 2...2), scanner.take("-"), let day = scanner.number(digits: 2...2)
        else { throw .malformed }
        guard let midnight = CivilTime(year: year, month: month, day: day) else { throw .noSuchTime }
        guard let days = midnight.timestamp.map({ LocalTime.day(ofUTC: $0) }) else { throw .outOfRange }
        let hasTime = scanner.take("t") || scanner.spaces() && !scanner.isAtEnd
        let local = LocalTime(day: days, time: hasTime ? try timeOfDay() : .midnight)
        if let offset = hasTime ? try offset() : nil {
            guard let timestamp = local.instant(offsetSeconds: offset) else { throw .outOfRange }
            return .instant(timestamp)
        }
        return .local(local)
    }

    private mutating func timeOfDayOrMidnight() throws(Reason) -> TimeOfDay {
        guard !scanner.isAtEnd else { return .midnight }
        guard scanner.spaces() else { throw .malformed }
        return try timeOfDay()
    }

    private mutating func timeOfDay() throws(Reason) -> TimeOfDay {
        guard let hour = scanner.number(digits: 1...2), scanner.take(":"), let minute = scanner.number(digits: 2...2)
        else { throw .malformed }
        var second = 0
        var nanosecond = 0
        if scanner.take(":") {
            guard let number = scanner.number(digits: 2...2) else { throw .malformed }
            second = number
            nanosecond = try fraction()
        }
        // RFC 3339 §5.7 has a second 60; clocks without leap seconds count it as the one after.
        guard hour < 24, minute < 60, second <= 60 else { throw .noSuchTime }
        return TimeOfDay(second: hour * 3_600 + minute * 60 + second, nanosecond: nanosecond)
    }

    /// The nanoseconds of a fraction, 0 when there is none.
    private mutating func fraction() throws(Reason) -> Int {
        guard scanner.take(".") else { return 0 }
        let digits = scanner.digits()
        guard 1...9 ~= digits.count, let value = TimeExpressionScanner.value(digits) else { throw .malformed }
        return Int(value) * (digits.count..<9).reduce(1) { scale, _ in scale * 10 }
    }

    /// Seconds east of UTC, nil when there is neither `Z` nor an offset.
    private mutating func offset() throws(Reason) -> Int? {
        scanner.spaces()
        if scanner.take("z") { return 0 }
        let isWest = scanner.take("-")
        guard isWest || scanner.take("+") else { return nil }
        guard let hours = scanner.number(digits: 2...2), scanner.take(":"), let minutes = scanner.number(digits: 2...2)
        else { throw .malformed }
        guard hours < 24, minutes < 60 else { throw .noSuchTime }
        return (hours * 3_600 + minutes * 60) * (isWest ? -1 : 1)
    }
}
