import Tape

/// Finds the new sequence number of a message by the one that it had in the input.
///
/// Numbers of one tape rise from line to line; where one does not, another tape's lines begin, whose numbers have
/// nothing to do with those before.
struct SequenceMap {
    private var runs: SequenceRuns

    /// A map that remembers at most so many runs of numbers that follow each other, the last ones.
    init(limit: Int = 100_000) {
        runs = SequenceRuns(limit: limit)
    }

    /// Remembers where a message went.
    mutating func insert(_ input: Int64, as output: Int64) {
        if !runs.isNext(input) { runs.removeAll() }
        runs.append(input, as: output)
    }

    /// The new number of the message that had the number `input`; nil when it was not there or is forgotten.
    func output(for input: Int64) -> Int64? { runs[input] }
}
