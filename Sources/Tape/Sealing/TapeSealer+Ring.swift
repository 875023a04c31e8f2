import DeviceProtocol
import SQLite

/// Deleting from the old end of a tape that is a rolling window.
extension TapeSealer {
    /// Batches that are deleted in one transaction.
    private static let batchesAtOnce = 256

    /// Deletes journal batches that are too old; there must be no segment before them.
    ///
    /// - Returns: messages that were deleted; nil when nothing had to be.
    func deleteJournal(_ retention: Retention, _ now: Timestamp) throws(TapeError) -> Int64? {
        guard let age = retention.age else { return nil }
        let limit = min(now.nanoseconds &- age, retention.keepsFrom?.nanoseconds ?? .max)
        var count: Int64 = 0
        do {
            try tape.database.transaction { () throws(SQLiteError) in
                count = try tape.database.deleteJournal(
                    before: limit, batches: Self.batchesAtOnce, decompressor: decompressor)
            }
        } catch {
            throw TapeError.from(error)
        }
        guard count > 0 else { return nil }
        try giveBack(pages: Self.pagesAtOnce)
        return count
    }
}

extension Connection {
    fileprivate func deleteJournal(
        before limit: Int64, batches: Int, decompressor: BatchDecompressor
    ) throws(SQLiteError) -> Int64 {
        let chosen =
            "SELECT first_seq, count, first_arrival, last_arrival, clock FROM journal ORDER BY first_seq LIMIT ?"
        var rows = try prepare(chosen)
        try rows.bind(1, Int64(batches))
        var gone: (count: Int64, from: Int64, until: Int64, clock: Int64, last: Int64, next: Int64)?
        // Only what lies before everything that stays: the numbers of a tape have no holes.
        while try rows.step(), rows.integer(3) < limit {
            let (first, count) = (rows.integer(0), rows.integer(1))
            gone = (
                (gone?.count ?? 0) &+ count, min(gone?.from ?? .max, rows.integer(2)),
                max(gone?.until ?? .min, rows.integer(3)), rows.integer(4), first, first &+ count
            )
        }
        rows.reset()
        guard let gone else { return 0 }
        try subtract(try tally(ofJournalUntil: gone.last, decompressor))
        var delete = try prepare("DELETE FROM journal WHERE first_seq <= ?")
        try delete.bind(1, gone.last)
        try delete.run()
        var last = try prepare("INSERT OR REPLACE INTO tape (key, value) VALUES ('last_deleted_seq', ?)")
        try last.bind(1, gone.next &- 1)
        try last.run()
        try tidyActivity()
        try noteDeleted(gone.count, from: gone.from, until: gone.until, clock: gone.clock)
        return gone.count
    }

    private func tally(
        ofJournalUntil last: Int64, _ decompressor: BatchDecompressor
    ) throws(SQLiteError) -> ActivityTally {
        var tally = ActivityTally()
        var rows = try prepare(JournalBatch.selectSQL + " WHERE j.first_seq <= ?")
        try rows.bind(1, last)
        while try rows.step() {
            // What cannot be read was perhaps counted all the same; that it is gone matters more.
            guard let batch = try? JournalBatch(row: rows, decompressor: decompressor) else { continue }
            var reader = JournalBatch.FrameReader(batch)
            while let message = try? reader.next() { tally.count(message) }
        }
        return tally
    }
}
