public import DeviceProtocol
import JSONScan
public import Tape

/// The question for what metrics did over time, in buckets.
///
/// Only numbers count. Redeliveries are left out. Buckets without a number are left out.
public struct TrendQuery: Sendable {
    /// Which messages; its devices are those that samples are about, its kinds do not matter.
    public var selection: Selection
    /// Patterns, one of which a metric's name must fit.
    public var metrics: [Glob]
    /// Where buckets begin and end.
    public var grid: BucketGrid
    /// By which clock a sample falls into its bucket.
    public var clock = TelemetryClock.device
    /// What has rows of its own.
    public var grouping = TrendGrouping.together
    /// Quantiles beside the median and the 95th percentile.
    public var quantiles: [Quantile] = []
    /// Whether the standard deviation is wanted too.
    public var countsDeviation = false
    /// Whether metrics are also taken as counters (``TrendRow/increase``).
    public var countsIncrease = false
    /// Only the series with the greatest average over the whole window, that many; 0 for all.
    public var top = 0

    /// Asks for all devices together.
    public init(_ selection: Selection, metrics: [Glob], grid: BucketGrid) {
        self.selection = selection
        self.metrics = metrics
        self.grid = grid
    }

    /// Reads the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader) throws(TapeError) -> TrendAnswer {
        var labels: DeviceLabels?
        if case .attribute(let name) = grouping { labels = try DeviceLabels(name, tape, selection) }
        var collector = TrendCollector(self, labels, isOrdered: labels != nil)
        try collector.read(tape)
        if collector.hasTies {
            // Numbers of the same instant at an end of a bucket: only the order of arrival tells first and last.
            collector = TrendCollector(self, labels, isOrdered: true)
            try collector.read(tape)
        }
        let losses = Losses(try tape.gaps(), recorded: try tape.recorded())
        var answer = collector.answer(losses)
        if countsIncrease {
            var counters = CounterScan(self, labels, losses)
            try counters.read(tape)
            counters.complete(&answer.rows)
        }
        return answer
    }
}

/// What metrics did over time.
public struct TrendAnswer: Sendable {
    /// By metric, then group, then time.
    public var rows: [TrendRow]
    /// Values of the metrics that are no numbers.
    public var others: Int
    /// Redeliveries that were left out.
    public var duplicates: Int
    /// Whether percentiles are exact to half a per cent only, because there are too many numbers to keep.
    public var isApproximate: Bool
    /// Series that ``TrendQuery/top`` left out.
    public var seriesLeftOut = 0
    /// Names of metrics that came by and were not asked for; at most 1000.
    public var otherMetrics: Set<String>
    /// Parts of the tape that could not be read.
    public var damages: [TapeError]
}
