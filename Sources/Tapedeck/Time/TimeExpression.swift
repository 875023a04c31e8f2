internal import DeviceProtocol
internal import Foundation

/// A time as a person types it, which becomes an instant once a reference is known.
///
/// - Absolute: RFC 3339 with `T` or a space, seconds and a fraction of up to nine digits optional, and a date alone,
///   its midnight. Without `Z` or an offset it is local time. `@1764000000` and `@1764000000.5` are seconds since the
///   Unix epoch; 13, 16 or 19 digits are milli-, micro- or nanoseconds.
/// - Relative to the reference: `now`, `-15m`, `+10s`, `2 hours ago` (see ``DurationExpression``; a day is 24 hours);
///   `14:30`, the last one that is not later than the reference; and `today`, `yesterday`, `yesterday 14:00`, counted
///   from the reference's own day.
///
/// A local time that a clock change skips is read with the offset in force before the change (02:30 becomes 03:30), and
/// of one that happens twice the first is meant (the rule of RFC 5545 §3.3.5).
struct TimeExpression: Hashable, Sendable {
    /// The ways to say a time.
    enum Form: Hashable {
        case instant(Timestamp)
        case local(LocalTime)
        case sinceReference(nanoseconds: Int64)
        case timeOfDay(TimeOfDay)
        case calendarDay(daysBack: Int, TimeOfDay)
    }

    /// The text as given.
    let text: String
    private let form: Form

    /// Reads an expression.
    ///
    /// - Throws: ``TimeExpressionError`` when the text is none, or an absolute time that does not exist or that 64-bit
    ///   nanoseconds cannot hold (1677 to 2262).
    static func parse(_ text: String) throws(TimeExpressionError) -> TimeExpression {
        do throws(TimeExpressionError.Reason) {
            return TimeExpression(text: text, form: try TimeExpressionParser.parse(text))
        } catch { throw TimeExpressionError(text: text, reason: error) }
    }

    /// The instant that is meant.
    ///
    /// - Parameters:
    ///   - now: The reference: the end of the tape, or the wall clock while the tape is being recorded.
    ///   - zone: The zone of local times.
    /// - Returns: The instant; it may lie after the reference.
    /// - Throws: ``TimeExpressionError`` when 64-bit nanoseconds cannot hold it.
    func resolve(now: Timestamp, zone: TimeZone) throws(TimeExpressionError) -> Timestamp {
        guard let timestamp = instant(now, zone) else {
            throw TimeExpressionError(text: text, reason: .outOfRange)
        }
        return timestamp
    }

    private func instant(_ now: Timestamp, _ zone: TimeZone) -> Timestamp? {
        switch form {
        case .instant(let timestamp): return timestamp
        case .local(let local): return local.instant(in: zone)
        case .sinceReference(let nanoseconds):
            let (sum, overflow) = now.nanoseconds.addingReportingOverflow(nanoseconds)
            return overflow ? nil : Timestamp(nanoseconds: sum)
        case .timeOfDay(let time):
            let day = LocalTime.day(of: now, in: zone)
            guard let today = LocalTime(day: day, time: time).instant(in: zone), today <= now else {
                return LocalTime(day: day - 1, time: time).instant(in: zone)
            }
            return today
        case .calendarDay(let daysBack, let time):
            return LocalTime(day: LocalTime.day(of: now, in: zone) - daysBack, time: time).instant(in: zone)
        }
    }
}

/// A text that is no time, or one out of reach.
struct TimeExpressionError: Error, Hashable, CustomStringConvertible {
    /// What is wrong with it.
    enum Reason: Error, Hashable {
        /// None of the known spellings.
        case malformed
        /// A date or a time of day that no calendar has.
        case noSuchTime
        /// A number that could be many things.
        case bareNumber
        /// A relative time whose number lacks its unit.
        case missingUnit
        /// A length of time that does not say from where.
        case missingDirection
        /// Before 1677 or after 2262.
        case outOfRange
    }

    /// The text as given.
    var text: String
    /// What is wrong with it.
    var reason: Reason

    /// One sentence for a person.
    var description: String {
        let quoted = Self.quote(text)
        return switch reason {
        case .malformed: "\(quoted) is no time: write for example `2026-11-22 14:30` or `-15m`"
        case .noSuchTime:
            "\(quoted) does not exist in the calendar: write for example `2026-11-22 14:30` or `-15m`"
        case .bareNumber: "\(quoted) is only a number: write for example `@1764000000` or `-15m`"
        case .missingUnit: "\(quoted) has no unit: write for example `-90s` or `-15m`"
        case .missingDirection: "\(quoted) is a length, not a time: write for example `-15m` or `15m ago`"
        case .outOfRange:
            "\(quoted) is outside of the years 1678 to 2261: write for example `2026-11-22 14:30` or `-15m`"
        }
    }

    /// A text as an error message shows it: in back quotes, on one line and not endless.
    static func quote(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(60).map { $0.properties.generalCategory == .control ? " " : $0 }
        return "`" + String(String.UnicodeScalarView(shown)) + (shown.count < text.unicodeScalars.count ? "…`" : "`")
    }
}
