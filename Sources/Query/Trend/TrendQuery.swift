import DeviceProtocol
import JSONScan
public import Tape

/// The question for what metrics did over time, in buckets of one length.
///
/// Only numbers count. Redeliveries are left out. Buckets without a number are left out.
public struct TrendQuery: Sendable {
    /// By which clock a sample falls into its bucket.
    public enum Clock: String, Sendable, CaseIterable {
        /// The time that the device states, where it can be believed, else that of arrival.
        case device
        /// The time of arrival.
        case arrival
    }

    /// Which messages; its devices are those that samples are about, its kinds do not matter.
    public var selection: Selection
    /// Patterns, one of which a metric's name must fit.
    public var metrics: [Glob]
    /// Length of a bucket, ns.
    public var every: Int64
    /// By which clock.
    public var clock = Clock.device
    /// Whether each device has rows of its own.
    public var byDevice = false

    /// Asks for all devices together.
    public init(_ selection: Selection, metrics: [Glob], every: Int64) {
        self.selection = selection
        self.metrics = metrics
        self.every = max(1, every)
    }

    /// Reads the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader) throws(TapeError) -> TrendAnswer {
        var collector = TrendCollector(self)
        if selection.sessions.isEmpty {
            try collector.readColumns(tape)
        } else {
            try collector.readMessages(tape)
        }
        return collector.answer(gaps: try tape.gaps(since: selection.since, until: selection.until))
    }
}

/// What metrics did over time.
public struct TrendAnswer: Sendable {
    /// By metric, then device, then time.
    public var rows: [TrendRow]
    /// Values of the metrics that are no numbers.
    public var others: Int
    /// Redeliveries that were left out.
    public var duplicates: Int
    /// Whether percentiles are exact to half a per cent only, because there are too many numbers to keep.
    public var isApproximate: Bool
    /// Names of metrics that came by and were not asked for; at most 1000.
    public var otherMetrics: Set<String>
    /// Parts of the tape that could not be read.
    public var damages: [TapeError]
}
