internal import DeviceProtocol
internal import Foundation

/// A time of day on a clock.
struct TimeOfDay: Hashable, Sendable {
    static let midnight = TimeOfDay(second: 0, nanosecond: 0)

    /// Seconds since midnight as the clock shows them; 86,400 for a leap second at the end of the day.
    var second: Int
    /// Nanosecond within the second.
    var nanosecond: Int
}

/// What calendar and clock show in some zone.
struct LocalTime: Hashable, Sendable {
    /// Days since 1970-01-01.
    var day: Int
    /// The time of that day.
    var time: TimeOfDay

    /// The day that the calendar of a zone shows at an instant.
    static func day(of timestamp: Timestamp, in zone: TimeZone) -> Int {
        let second = flooredQuotient(timestamp.nanoseconds, 1_000_000_000)
        return Int(flooredQuotient(second + Int64(offset(of: zone, at: second)), 86_400))
    }

    /// The day that the calendar shows at an instant in UTC.
    static func day(ofUTC timestamp: Timestamp) -> Int {
        Int(flooredQuotient(timestamp.nanoseconds, 86_400_000_000_000))
    }

    /// The instant in a zone that is `offsetSeconds` east of UTC; nil when 64-bit nanoseconds cannot hold it.
    func instant(offsetSeconds: Int) -> Timestamp? {
        instant(second: second - Int64(offsetSeconds))
    }

    /// The instant in a zone; nil when 64-bit nanoseconds cannot hold it.
    ///
    /// Of two instants that show the same local time it is the first. For a time that is skipped it is the one that the
    /// offset before the change gives.
    func instant(in zone: TimeZone) -> Timestamp? {
        // No zone is a day away from UTC, and none changes twice in two days.
        let before = Self.offset(of: zone, at: second - 86_400)
        let after = Self.offset(of: zone, at: second + 86_400)
        let candidates = [before, after].map { second - Int64($0) }.sorted()
        let real = candidates.first { $0 + Int64(Self.offset(of: zone, at: $0)) == second }
        return instant(second: real ?? second - Int64(before))
    }

    private var second: Int64 { Int64(day) * 86_400 + Int64(time.second) }

    private func instant(second: Int64) -> Timestamp? {
        Int64(exactly: Int128(second) * 1_000_000_000 + Int128(time.nanosecond)).map(Timestamp.init(nanoseconds:))
    }

    private static func offset(of zone: TimeZone, at second: Int64) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }

    private static func flooredQuotient(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
