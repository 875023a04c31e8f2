/// A clock's date and time of day, in the proleptic Gregorian calendar.
struct CivilTime {
    static let second: Int64 = 1_000_000_000
    static let minute = 60 * second
    static let hour = 60 * minute
    static let day = 24 * hour

    let year: Int64
    let month: Int64
    let dayOfMonth: Int64
    /// Since midnight, in ns.
    let timeOfDay: Int64

    /// The date and time that lies so many ns after 1970-01-01 00:00.
    init(nanoseconds: Int64) {
        let days = Self.floorDivide(nanoseconds, Self.day)
        timeOfDay = nanoseconds &- days &* Self.day
        (year, month, dayOfMonth) = Self.date(day: days)
    }

    var isMidnight: Bool { timeOfDay == 0 }
    var isWholeSecond: Bool { timeOfDay % Self.second == 0 }
    var yearText: String { Self.padded(year, 4) }
    var monthText: String { yearText + "-" + Self.padded(month, 2) }
    var dateText: String { monthText + "-" + Self.padded(dayOfMonth, 2) }
    /// Month and day without the year, unmistakable for a time of day.
    var dayText: String { Self.monthNames[Int(month - 1) % 12] + " " + Self.padded(dayOfMonth, 2) }
    var minuteText: String {
        Self.padded(timeOfDay / Self.hour, 2) + ":" + Self.padded(timeOfDay / Self.minute % 60, 2)
    }
    var secondText: String { minuteText + ":" + Self.padded(timeOfDay / Self.second % 60, 2) }

    /// The part of a second, with its point, in as many digits as a step (ns) needs; empty for whole seconds.
    func fractionText(step: Int64) -> String {
        let fraction = timeOfDay % Self.second
        if step >= Self.second { return "" }
        if step >= 1_000_000 { return "." + Self.padded(fraction / 1_000_000, 3) }
        if step >= 1_000 { return "." + Self.padded(fraction / 1_000, 6) }
        return "." + Self.padded(fraction, 9)
    }

    /// The ns from 1970-01-01 to the first day of a month, counted from January of the year 0; nil where Int64 ends.
    static func start(ofMonth count: Int64) -> Int64? {
        let year = floorDivide(count, 12)
        let (start, overflow) = dayNumber(year: year, month: count - year * 12 + 1, day: 1)
            .multipliedReportingOverflow(by: day)
        return overflow ? nil : start
    }

    /// Months since January of the year 0.
    var monthCount: Int64 { year * 12 + month - 1 }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// Days since 1970-01-01.
    ///
    /// The year is counted from March, so that a leap day is its last one.
    private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let marchMonth = (month + 9) % 12
        let leaps = floorDivide(marchYear, 4) - floorDivide(marchYear, 100) + floorDivide(marchYear, 400)
        return marchYear * 365 + leaps + (marchMonth * 153 + 2) / 5 + day - 1 - 719_468
    }

    private static func date(day: Int64) -> (Int64, Int64, Int64) {
        // 400 Gregorian years have 146,097 days; an estimate of the year is at most one off.
        var year = floorDivide(day * 400, 146_097) + 1970
        while dayNumber(year: year, month: 1, day: 1) > day { year -= 1 }
        while dayNumber(year: year + 1, month: 1, day: 1) <= day { year += 1 }
        var month: Int64 = 1
        while month < 12, dayNumber(year: year, month: month + 1, day: 1) <= day { month += 1 }
        return (year, month, day - dayNumber(year: year, month: month, day: 1) + 1)
    }

    private static func padded(_ value: Int64, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
