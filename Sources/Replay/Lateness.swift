import Histogram

/// How late messages were written to the socket.
struct Lateness {
    /// Later than this is worth counting, ns.
    static let threshold: Int64 = 10_000_000
    /// About three hours; what is later counts as this late, ns.
    private static let ceiling: Int64 = 10_000_000_000_000

    // A microsecond is finer than any operating system wakes us; three digits keep percentiles within 0.1 %.
    private var histogram = Histogram<UInt64>(
        lowestDiscernibleValue: 1_000, highestTrackableValue: UInt64(ceiling), numberOfSignificantValueDigits: .three)
    private var latest: Int64 = 0
    private var late: Int64 = 0

    mutating func record(_ lateness: Int64) {
        let lateness = max(0, lateness)
        histogram.record(UInt64(min(lateness, Self.ceiling)))
        latest = max(latest, lateness)
        if lateness > Self.threshold { late += 1 }
    }

    /// The numbers for the report; nil when nothing was measured.
    var summary: ReplayReport.Lateness? {
        guard histogram.totalCount > 0 else { return nil }
        func percentile(_ percent: Double) -> Int64 {
            // The histogram answers the upper end of a range of values that it does not tell apart.
            min(Int64(clamping: histogram.valueAtPercentile(percent)), latest)
        }
        return ReplayReport.Lateness(
            p50: percentile(50), p90: percentile(90), p99: percentile(99), p999: percentile(99.9), maximum: latest,
            overTenMilliseconds: late)
    }
}
