/// What counts as a silence of a device.
///
/// A time between two messages that follow one another is one if, without what the loss ledger covers of it, it is at
/// least ``factor`` times as long as usual, and at least ``minimum`` long. Usual is the median of the times between up to
/// 31 messages before, at least 3 of them; of an even number the lower one of the two in the middle. Times that the loss
/// ledger touches are not among them.
public struct SilenceRule: Sendable, Hashable {
    /// How many times as long as usual.
    public var factor: Int64 = 5
    /// How long at least, ns.
    public var minimum: Int64 = 60 * 1_000_000_000
    /// Whether times that long count also where there is no usual one yet.
    public var judgesByMinimumAlone = false

    /// The rule as the queries have it by default.
    public init() {}
}

/// The times between the last messages of a device.
struct UsualInterval {
    private static let capacity = 31
    private static let needed = 3

    private var intervals: [Int64] = []
    private var oldest = 0

    mutating func add(_ interval: Int64) {
        if intervals.count < Self.capacity {
            intervals.append(interval)
        } else {
            intervals[oldest] = interval
            oldest = (oldest + 1) % Self.capacity
        }
    }

    /// Whether the median is known and at most that long; costs less than the median itself.
    func hasMedian(upTo limit: Int64) -> Bool? {
        guard intervals.count >= Self.needed else { return nil }
        return intervals.count { $0 <= limit } > (intervals.count - 1) / 2
    }

    /// The median; nil where too little is known.
    var median: Int64? {
        guard intervals.count >= Self.needed else { return nil }
        return intervals.sorted()[(intervals.count - 1) / 2]
    }
}
