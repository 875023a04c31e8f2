public import Tape

/// Rows that are told from messages of a few kinds.
public struct LivesAnswer<Row: Sendable>: Sendable {
    /// The rows, in the order of the query.
    public var rows: [Row]
    /// Selected messages of those kinds that say nothing that could be read.
    public var unreadable: Int
    /// Redeliveries of recorded packets that were left out.
    public var duplicates: Int
    /// Parts of the tape that could not be read.
    public var damages: [TapeError]

    /// The same answer with other rows, any number for each.
    public func flatMap<Other>(_ make: (Row) -> [Other]) -> LivesAnswer<Other> {
        LivesAnswer<Other>(
            rows: rows.flatMap(make), unreadable: unreadable, duplicates: duplicates, damages: damages)
    }
}
