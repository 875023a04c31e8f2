/// Where the messages of a tape went on the new one, by their old sequence numbers, which must come in ascending order.
struct CopiedSequences {
    private var runs = SequenceRuns()
    /// The first surviving redelivery of originals that were not copied.
    private var adopted: [Int64: Int64] = [:]

    /// Remembers where a message went.
    mutating func insert(_ old: Int64, as new: Int64) {
        if runs.isNext(old) { runs.append(old, as: new) }
    }

    /// The new number of a message; nil when it was not copied or is forgotten.
    subscript(old: Int64) -> Int64? { runs[old] ?? adopted[old] }

    /// Lets a redelivery stand for its original, which was not copied: later redeliveries refer to it.
    mutating func adopt(_ original: Int64, as new: Int64) {
        if adopted.count >= runs.limit { adopted.removeAll() }
        adopted[original] = new
    }
}
