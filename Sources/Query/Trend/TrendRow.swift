public import DeviceProtocol

/// What a metric did in one stretch of time.
public struct TrendRow: Sendable, Hashable {
    /// The metric's name.
    public var metric: String
    /// The device; nil where all devices are taken together.
    public var device: DeviceID?
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
    /// Their mean.
    public var average: Double
    /// The median, between two numbers interpolated.
    public var median: Double
    /// The number that 95 % do not exceed, between two numbers interpolated.
    public var percentile95: Double
    /// The earliest number.
    public var first: Double
    /// The latest number.
    public var last: Double
    /// The share of the bucket in which nothing was lost as far as the loss ledger knows, 0 to 1.
    public var coverage: Double
}
