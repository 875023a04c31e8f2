public import DeviceProtocol

/// What a metric did in one stretch of time.
public struct TrendRow: Sendable, Hashable {
    /// The metric's name.
    public var metric: String
    /// The device; nil where rows are not by device.
    public var device: DeviceID?
    /// The value of the attribute that rows are grouped by; nil where there is none, or the device had not said.
    public var group: String?
    /// Where the bucket begins.
    public var from: Timestamp
    /// Where it ends, excluded.
    public var until: Timestamp
    /// Numbers in it.
    public var count: Int
    /// The least of them.
    public var minimum: Double
    /// The greatest of them.
    public var maximum: Double
    /// Their sum.
    public var sum: Double
    /// Their mean.
    public var average: Double
    /// Their standard deviation, as a sample of many; nil of a single number, and where it was not asked for.
    public var deviation: Double?
    /// The median, between two numbers interpolated.
    public var median: Double
    /// The number that 95 % do not exceed, between two numbers interpolated.
    public var percentile95: Double
    /// The quantiles that were asked for, in that order.
    public var quantiles: [Double]
    /// The earliest number; of several, the one that arrived first.
    public var first: Double
    /// The latest number; of several, the one that arrived last.
    public var last: Double
    /// By how much the metric grew as a counter: from each number of a device to its next, which lies in the bucket.
    ///
    /// After a reset it is the number itself. Nil where it was not asked for or no two numbers follow each other without a loss.
    public var increase: Double?
    /// ``increase`` in each second of the time between those numbers.
    public var rate: Double?
    /// The share of the bucket in which nothing was lost as far as the loss ledger knows, 0 to 1.
    public var coverage: Double
}
