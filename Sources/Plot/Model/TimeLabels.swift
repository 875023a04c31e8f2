/// How instants are written under the axis of time, and where its days begin.
public struct TimeLabels: Sendable {
    /// Universal time.
    public static let utc = TimeLabels(zone: "UTC")

    /// The name of the zone, shown beside the window.
    public let zone: String
    private let offset: @Sendable (Int64) -> Int64
    private let written: (@Sendable (Int64, Int64) -> String)?

    /// Labels of a time zone.
    ///
    /// - Parameters:
    ///   - zone: The zone's name, such as `UTC` or `Europe/Berlin`.
    ///   - offset: How far the zone is ahead of UTC (ns) at an instant (ns since the Unix epoch).
    ///   - label: Writes an instant (ns since the Unix epoch) where labels stand a step (ns) apart; nil for the clock
    ///     time in the zone, as finely as the step needs it.
    public init(
        zone: String, offset: @escaping @Sendable (_ nanoseconds: Int64) -> Int64 = { _ in 0 },
        label: (@Sendable (_ nanoseconds: Int64, _ step: Int64) -> String)? = nil
    ) {
        self.zone = zone
        self.offset = offset
        written = label
    }

    /// The instant as the zone's clock shows it, in ns since that clock showed the Unix epoch.
    func local(_ time: Int64) -> Int64 {
        let (sum, overflow) = time.addingReportingOverflow(offset(time))
        return overflow ? time : sum
    }

    /// The instant at which the zone's clock shows a time; near a change of the clock the earlier one that fits.
    func instant(local: Int64) -> Int64 {
        var guess = local
        // Twice: the first guess may lie on the other side of a change of the clock.
        for _ in 0..<2 {
            let (difference, overflow) = local.subtractingReportingOverflow(offset(guess))
            if overflow { return local }
            guess = difference
        }
        return guess
    }

    /// The text under a tick (ns since the Unix epoch) whose neighbours are a step (ns) away.
    func label(_ time: Int64, step: Int64) -> String {
        if let written { return written(time, step) }
        let civil = CivilTime(nanoseconds: local(time))
        if step >= 360 * CivilTime.day { return civil.yearText }
        if step >= 28 * CivilTime.day { return civil.monthText }
        if step >= CivilTime.day || civil.isMidnight && step >= CivilTime.minute { return civil.dayText }
        if step >= CivilTime.minute { return civil.minuteText }
        return civil.secondText + civil.fractionText(step: step)
    }

    /// The whole window in words, as finely as it is wide.
    func caption(_ window: Range<Int64>) -> String {
        let first = CivilTime(nanoseconds: local(window.lowerBound))
        let last = CivilTime(nanoseconds: local(window.upperBound))
        let span = UInt64(bitPattern: window.upperBound &- window.lowerBound)
        let fraction: Int64 =
            span < 10_000 ? 1 : span < 10_000_000 ? 1_000 : span < 10_000_000_000 ? 1_000_000 : CivilTime.second
        func clock(_ civil: CivilTime) -> String { civil.secondText + civil.fractionText(step: fraction) }
        let isOneDay = first.dateText == last.dateText
        return "\(first.dateText) \(clock(first)) to \(isOneDay ? "" : last.dateText + " ")\(clock(last)) \(zone)"
    }

    /// One instant in words.
    func stamp(_ time: Int64) -> String {
        let civil = CivilTime(nanoseconds: local(time))
        return "\(civil.dateText) \(civil.secondText)\(civil.isWholeSecond ? "" : civil.fractionText(step: 1_000_000))"
    }
}
