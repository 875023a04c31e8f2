/// Where the messages of a tape went on the new one, by their old sequence numbers, which must come in ascending order.
///
/// Remembered are runs in which both numbers rise by one, so that a whole tape takes as little memory as a message.
struct CopiedSequences {
    private struct Run {
        var old: Int64
        var new: Int64
        var count: Int64
    }

    private var runs: [Run] = []
    /// The first surviving redelivery of originals that were not copied.
    private var adopted: [Int64: Int64] = [:]
    private let limit: Int

    /// Remembers at most so many runs, the last ones; a redelivery is never far from its original.
    init(limit: Int = 100_000) {
        self.limit = max(2, limit)
    }

    /// Remembers where a message went.
    mutating func insert(_ old: Int64, as new: Int64) {
        if let run = runs.last {
            guard old >= run.old &+ run.count else { return }
            if old &- run.old == run.count, new &- run.new == run.count {
                runs[runs.count - 1].count += 1
                return
            }
        }
        if runs.count >= limit { runs.removeFirst(limit / 2) }
        runs.append(Run(old: old, new: new, count: 1))
    }

    /// The new number of a message; nil when it was not copied or is forgotten.
    subscript(old: Int64) -> Int64? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].old <= old { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return adopted[old] }
        let run = runs[low - 1]
        let distance = old &- run.old
        return distance < run.count ? run.new + distance : adopted[old]
    }

    /// Lets a redelivery stand for its original, which was not copied: later redeliveries refer to it.
    mutating func adopt(_ original: Int64, as new: Int64) {
        if adopted.count >= limit { adopted.removeAll() }
        adopted[original] = new
    }
}
