/// Finds the new sequence number of a message by the one that it had in the input.
///
/// Numbers of one tape rise from line to line; where one does not, another tape's lines begin, whose numbers have
/// nothing to do with those before. Remembered are runs in which both numbers rise by one, so that a whole tape takes as
/// little memory as a message.
struct SequenceMap {
    private struct Run {
        var input: Int64
        var output: Int64
        var count: Int64
    }

    private var runs: [Run] = []
    private var last: Int64?
    private let limit: Int

    /// A map that remembers at most so many runs, the last ones.
    init(limit: Int = 100_000) {
        self.limit = max(2, limit)
    }

    /// Remembers where a message went.
    mutating func insert(_ input: Int64, as output: Int64) {
        if let last, input <= last { runs.removeAll(keepingCapacity: true) }
        last = input
        if let run = runs.last, input &- run.input == run.count, output &- run.output == run.count {
            runs[runs.count - 1].count += 1
            return
        }
        if runs.count >= limit { runs.removeFirst(limit / 2) }
        runs.append(Run(input: input, output: output, count: 1))
    }

    /// The new number of the message that had the number `input`; nil when it was not there or is forgotten.
    func output(for input: Int64) -> Int64? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].input <= input { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let run = runs[low - 1]
        let distance = input &- run.input
        return distance < run.count ? run.output + distance : nil
    }
}
