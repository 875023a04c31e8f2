public import DeviceProtocol
import Glibc
import SQLite

/// Deleting from the old end, a segment at a time.
extension TapeSealer {
    /// Deletes the oldest segment if a limit asks for it, of a ring also the oldest journal batches, and gives some of
    /// the free space back to the file system.
    ///
    /// The time that is gone stands in the loss ledger, in one row that grows.
    ///
    /// - Parameters:
    ///   - retention: the limits.
    ///   - now: wall time.
    /// - Returns: messages that were deleted; nil when nothing had to be.
    /// - Throws: ``TapeError`` when the tape cannot be read or written.
    public func deleteNext(_ retention: Retention, now: Timestamp) throws(TapeError) -> Int64? {
        guard retention.isLimited else { return nil }
        let oldest: (first: Int64, count: Int64, last: Int64)? = try TapeError.wrapping { () throws(SQLiteError) in
            var row = try tape.database.prepare(
                "SELECT first_seq, count, last_arrival FROM segment ORDER BY first_seq LIMIT 1")
            return try row.step() ? (row.integer(0), row.integer(1), row.integer(2)) : nil
        }
        guard let oldest else { return retention.isRing ? try deleteJournal(retention, now) : nil }
        guard try mustGo(oldest.last, retention, now) else { return nil }
        try delete(oldest.first)
        try giveBack(pages: Self.pagesAtOnce)
        return oldest.count
    }

    /// Gives all free space back to the file system, in small steps so that nobody waits long for the lock.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func giveBackFreeSpace() throws(TapeError) {
        while try integer("PRAGMA freelist_count") > 0 {
            let before = try integer("PRAGMA freelist_count")
            try giveBack(pages: Self.pagesAtOnce)
            guard try integer("PRAGMA freelist_count") < before else { return }
        }
    }

    /// Copies the write-ahead log into the tape and empties it, so that the tape may be copied away by name alone.
    public func checkpoint() {
        // Failing only leaves the -wal file beside the tape.
        _ = try? tape.database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Pages that are given back in one transaction.
    static let pagesAtOnce = 512

    private func mustGo(_ lastArrival: Int64, _ retention: Retention, _ now: Timestamp) throws(TapeError) -> Bool {
        let isNeeded = retention.keepsFrom.map { lastArrival >= $0.nanoseconds } ?? false
        if let age = retention.age, !isNeeded, lastArrival < now.nanoseconds &- age { return true }
        let pageSize = try integer("PRAGMA page_size")
        let free = try integer("PRAGMA freelist_count") &* pageSize
        if let size = retention.size, !isNeeded, try integer("PRAGMA page_count") &* pageSize &- free > size {
            return true
        }
        if let wanted = retention.free {
            var status = statvfs()
            // What the tape holds free is as good as free: it is given back, or written to before the file grows.
            if statvfs(path, &status) == 0,
                Int64(clamping: status.f_bavail) &* Int64(clamping: status.f_frsize) &+ free < wanted
            {
                return true
            }
        }
        return false
    }

    private func delete(_ first: Int64) throws(TapeError) {
        do {
            try tape.database.transaction { () throws(SQLiteError) in
                var row = try tape.database.prepare(
                    """
                    SELECT count, first_arrival, last_arrival, first_clock, topics, templates FROM segment
                    WHERE first_seq = ?
                    """)
                try row.bind(1, first)
                guard try row.step() else { return }
                let gone = (
                    count: row.integer(0), from: row.integer(1), until: row.integer(2), clock: row.integer(3)
                )
                let index = try? SegmentIndex(topics: row.blob(4), templates: row.blob(5))
                row.reset()
                var delete = try tape.database.prepare("DELETE FROM segment WHERE first_seq = ?")
                try delete.bind(1, first)
                try delete.run()
                var last = try tape.database.prepare(
                    "INSERT OR REPLACE INTO tape (key, value) VALUES ('last_deleted_seq', ?)")
                try last.bind(1, first &+ gone.count &- 1)
                try last.run()
                if let index { try tape.database.subtract(index, dictionary: HeldDictionary(sealer.dictionary)) }
                try tape.database.tidyActivity()
                try tape.database.noteDeleted(gone.count, from: gone.from, until: gone.until, clock: gone.clock)
            }
        } catch {
            throw TapeError.from(error)
        }
    }

    func giveBack(pages: Int) throws(TapeError) {
        try TapeError.wrapping { () throws(SQLiteError) in
            var statement = try tape.database.prepare("PRAGMA incremental_vacuum(\(pages))")
            // Each step frees a page.
            while try statement.step() {}
        }
    }

    private func integer(_ sql: String) throws(TapeError) -> Int64 {
        try TapeError.wrapping { () throws(SQLiteError) in try tape.database.integer(sql) ?? 0 }
    }
}

extension Connection {
    private static let subtraction =
        "UPDATE activity SET messages = messages - ?, bytes = bytes - ? WHERE device = ? AND kind = ?"

    /// Takes deleted messages off the table `activity`.
    func subtract(_ tally: ActivityTally) throws(SQLiteError) {
        var update = try prepare(Self.subtraction)
        for row in tally.rows.values {
            try update.bind(1, row.messages)
            try update.bind(2, row.bytes)
            try update.bind(3, row.device?.text ?? "")
            try update.bind(4, row.kind.rawValue)
            try update.run()
        }
    }

    /// Takes a deleted segment off the table `activity`.
    fileprivate func subtract(_ index: SegmentIndex, dictionary: HeldDictionary) throws(SQLiteError) {
        var update = try prepare(Self.subtraction)
        for topic in index.topics {
            let name: String
            switch topic.name {
            case .own(let bytes): name = String(decoding: bytes, as: UTF8.self)
            case .shared(let number):
                guard let known = try? dictionary.topic(number) else { continue }
                name = known
            }
            let parts = DeviceTopic.parse(name)
            try update.bind(1, topic.messages)
            try update.bind(2, topic.bytes)
            try update.bind(3, parts.device?.text ?? "")
            try update.bind(4, parts.kind.rawValue)
            try update.run()
        }
    }

    /// Removes from the table `activity` what nothing is left of, and moves what is left up.
    func tidyActivity() throws(SQLiteError) {
        try execute(
            """
            DELETE FROM activity WHERE messages <= 0;
            UPDATE activity SET first_seen = max(first_seen, coalesce(
              (SELECT first_arrival FROM segment ORDER BY first_seq LIMIT 1),
              (SELECT first_arrival FROM journal ORDER BY first_seq LIMIT 1), first_seen));
            """)
    }

    /// Enters deleted messages in the loss ledger: one row, from the oldest to the latest that is gone.
    func noteDeleted(_ count: Int64, from: Int64, until: Int64, clock: Int64) throws(SQLiteError) {
        var update = try prepare(
            """
            UPDATE gap SET began_at = min(began_at, ?), ended_at = max(ended_at, ?), missing = missing + ?
            WHERE cause = 'deleted'
            """)
        try update.bind(1, from)
        try update.bind(2, until)
        try update.bind(3, count)
        try update.run()
        guard try integer("SELECT changes()") == 0 else { return }
        let session = try integer("SELECT session FROM clock WHERE id = \(clock)") ?? 0
        _ = try insert(
            Gap(
                session: session, cause: .deleted, beganAt: Timestamp(nanoseconds: from),
                endedAt: Timestamp(nanoseconds: until), missing: count
            ))
    }
}
