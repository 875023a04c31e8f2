/// Where the buckets of a trend begin and end.
///
/// Buckets that are whole days long begin at midnight of a zone, so that they are longer or shorter where its clocks
/// change; those of whole weeks begin on Mondays. All others begin at whole multiples of their length since 1970, UTC.
public struct BucketGrid: Sendable {
    /// Length of a bucket, ns; of days that have 24 hours.
    public let every: Int64
    private let days: Int64
    /// How far a zone is ahead of UTC at an instant, both in ns.
    private let offset: @Sendable (Int64) -> Int64

    static let day: Int64 = 86_400_000_000_000

    /// Makes a grid.
    ///
    /// - Parameters:
    ///   - every: length of a bucket, ns; at least 1.
    ///   - offset: how far the zone of whole days is ahead of UTC at an instant, both in ns.
    public init(every: Int64, offset: @escaping @Sendable (Int64) -> Int64 = { _ in 0 }) {
        self.every = max(1, every)
        self.offset = offset
        days = self.every % Self.day == 0 ? self.every / Self.day : 0
    }

    /// The bucket that an instant falls into, ns since the Unix epoch, half open.
    public func bucket(of time: Int64) -> Range<Int64> {
        guard days > 0 else {
            let from = Self.floor(time, every)
            let (until, overflow) = from.addingReportingOverflow(every)
            return from..<(overflow ? .max : until)
        }
        // 1970-01-05 was a Monday.
        let anchor: Int64 = days % 7 == 0 ? 4 : 0
        let local = Self.floor(time.addingClamped(offset(time)), Self.day) / Self.day
        let first = Self.floor(local - anchor, days) + anchor
        // At both ends of what 64 bits can count there are no whole days.
        let from = min(midnight(first), time)
        return from..<max(midnight(first + days), time.addingClamped(1))
    }

    /// When a day, counted from 1970-01-01, begins in the zone.
    private func midnight(_ day: Int64) -> Int64 {
        let (local, overflow) = day.multipliedReportingOverflow(by: Self.day)
        guard !overflow else { return day < 0 ? .min : .max }
        // The offset at the instant that is looked for, and not at the one that UTC calls so.
        let guess = local.addingClamped(0 - offset(local))
        return local.addingClamped(0 - offset(guess))
    }

    private static func floor(_ time: Int64, _ unit: Int64) -> Int64 {
        let rest = time % unit
        let (floor, overflow) = time.subtractingReportingOverflow(rest < 0 ? rest + unit : rest)
        return overflow ? .min : floor
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
