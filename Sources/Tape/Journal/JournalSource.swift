import SQLite

/// The batches of the journal.
final class JournalSource {
    private var rows: Statement
    private let decompressor: BatchDecompressor

    init(_ connection: borrowing Connection, decompressor: BatchDecompressor) throws(SQLiteError) {
        rows = try connection.prepare(JournalBatch.selectSQL + " WHERE j.first_seq = ?")
        self.decompressor = decompressor
    }

    /// A batch; nil where there is none any more.
    func batch(_ first: Int64) throws(CompressionError) -> JournalBatch? {
        defer { rows.reset() }
        do {
            try rows.bind(1, first)
            guard try rows.step() else { return nil }
        } catch {
            throw CompressionError(reason: error.description)
        }
        return try JournalBatch(row: rows, decompressor: decompressor)
    }
}
