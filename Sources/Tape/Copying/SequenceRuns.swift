/// Where messages went on another tape: pairs of old and new sequence numbers, the old ones in ascending order.
///
/// Remembered are runs in which both numbers rise by one, so that a whole tape takes as little memory as a message.
public struct SequenceRuns: Sendable {
    private struct Run {
        var old: Int64
        var new: Int64
        var count: Int64
    }

    private var runs: [Run] = []
    /// How many runs are remembered.
    let limit: Int

    /// Remembers at most so many runs, the last ones; a redelivery is never far from its original.
    public init(limit: Int = 100_000) {
        self.limit = max(2, limit)
    }

    /// Whether a number is behind all that are remembered, so that it may be the next.
    public func isNext(_ old: Int64) -> Bool {
        runs.last.map { old >= $0.old &+ $0.count } ?? true
    }

    /// Remembers the next number.
    public mutating func append(_ old: Int64, as new: Int64) {
        if let run = runs.last, old &- run.old == run.count, new &- run.new == run.count {
            runs[runs.count - 1].count += 1
            return
        }
        if runs.count >= limit { runs.removeFirst(limit / 2) }
        runs.append(Run(old: old, new: new, count: 1))
    }

    /// Forgets everything.
    public mutating func removeAll() { runs.removeAll(keepingCapacity: true) }

    /// The new number; nil when the old one was not there or is forgotten.
    public subscript(old: Int64) -> Int64? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].old <= old { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let run = runs[low - 1]
        let distance = old &- run.old
        return distance < run.count ? run.new + distance : nil
    }
}
