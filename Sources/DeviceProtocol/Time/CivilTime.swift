/// Date and time of day in UTC, in the proleptic Gregorian calendar.
public struct CivilTime: Hashable, Sendable {
    /// Astronomical year (0 is 1 BC).
    public internal(set) var year: Int
    /// Month, 1 to 12.
    public internal(set) var month: Int
    /// Day of the month, 1 to 31.
    public internal(set) var day: Int
    /// Hour, 0 to 23.
    public internal(set) var hour: Int
    /// Minute, 0 to 59.
    public internal(set) var minute: Int
    /// Second, 0 to 59.
    public internal(set) var second: Int
    /// Nanosecond within the second, 0 to 999,999,999.
    public internal(set) var nanosecond: Int

    /// Takes the parts as they are; nil when a part is outside its range or the month has no such day.
    public init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, nanosecond: Int = 0
    ) {
        guard -999_999...999_999 ~= year, 1...12 ~= month, 1...Self.days(inMonth: month, of: year) ~= day,
            0...23 ~= hour, 0...59 ~= minute, 0...59 ~= second, 0...999_999_999 ~= nanosecond
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.nanosecond = nanosecond
    }

    /// Splits an instant into date and time of day, UTC.
    public init(_ timestamp: Timestamp) {
        let (seconds, nanosecond) = Self.flooredDivision(timestamp.nanoseconds, 1_000_000_000)
        let (days, secondOfDay) = Self.flooredDivision(seconds, 86_400)
        (year, month, day) = Self.date(daysSinceEpoch: Int(days))
        hour = Int(secondOfDay / 3_600)
        minute = Int(secondOfDay / 60 % 60)
        second = Int(secondOfDay % 60)
        self.nanosecond = Int(nanosecond)
    }

    /// The instant, or nil outside of what 64-bit nanoseconds reach (1677 to 2262).
    public var timestamp: Timestamp? {
        timestamp(offsetSeconds: 0)
    }

    /// The instant when these parts are local time, `offsetSeconds` east of UTC; nil outside of 1677 to 2262.
    public func timestamp(offsetSeconds: Int) -> Timestamp? {
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        let seconds = Int64(days * 86_400 + hour * 3_600 + minute * 60 + second) &- Int64(offsetSeconds)
        // The earliest instants have a negative second whose product overflows before the fraction brings it back.
        if seconds < 0 {
            let (product, overflow) = (seconds + 1).multipliedReportingOverflow(by: 1_000_000_000)
            let (sum, beyond) = product.addingReportingOverflow(Int64(nanosecond) - 1_000_000_000)
            return overflow || beyond ? nil : Timestamp(nanoseconds: sum)
        }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, beyond) = product.addingReportingOverflow(Int64(nanosecond))
        return overflow || beyond ? nil : Timestamp(nanoseconds: sum)
    }

    /// Days of a month, leap years counted; 0 for a month that does not exist.
    public static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        case 1...12: 31
        default: 0
        }
    }

    /// Days from 1970-01-01 to a date, negative before it; the parts must be in the ranges of this type.
    static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        // Years begin in March here, so that the leap day is the last day of its year and a month's first day is a
        // linear function of its number.
        let shiftedYear = month > 2 ? year : year - 1
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date that is `daysSinceEpoch` days after 1970-01-01.
    static func date(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func flooredDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
