public import DeviceProtocol

/// Figures of a recording for those who watch over it, beside what ``RecordingStatistics`` counts for everybody.
public struct RecordingMeasures: Sendable, Hashable {
    /// How long commits took, ns.
    public var commitTime = Distribution(
        bounds: milliseconds([1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000]))
    /// How long the first message of a batch took from its arrival until it was durable, ns.
    public var commitLag = Distribution(
        bounds: milliseconds([10, 25, 50, 75, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000]))
    /// Messages of a batch.
    public var batchSize = Distribution(bounds: [1, 4, 16, 64, 256, 1_024, 4_096])
    /// When messages were committed last; nil while there were none.
    public var lastCommit: Timestamp?
    /// Ledger rows that this recording added, by cause.
    public var ledger: [String: Int64] = [:]
    /// Ledger rows that have not ended.
    public var openGaps = 0
    /// Messages that this recording's sealing thread has put into segments, merging them again not counted.
    public var sealed: Int64 = 0
    /// Messages that it has deleted because of the limits.
    public var deleted: Int64 = 0

    /// Nothing yet.
    public init() {}

    /// Notes a commit; times are monotonic, ns.
    mutating func note(commitOf messages: Int, since arrival: Int64?, from began: Int64, until ended: Int64) {
        commitTime.add(ended - began)
        commitLag.add(ended - (arrival ?? began))
        batchSize.add(Int64(messages))
    }

    private static func milliseconds(_ bounds: [Int64]) -> [Int64] {
        bounds.map { $0 * 1_000_000 }
    }
}
