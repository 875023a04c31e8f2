import SQLite

/// A row of the table `journal`.
struct JournalRow {
    var firstSequence: Int64
    var count: Int64
    var session: Int64
    var clock: Int64
    var firstArrival: Int64
    var lastArrival: Int64
    var size: Int64
    var body: [UInt8]
}

extension Connection {
    /// Adds a batch to the journal.
    func insertBatch(_ row: JournalRow) throws(SQLiteError) {
        var insert = try prepare(
            """
            INSERT INTO journal (first_seq, count, session, clock, first_arrival, last_arrival, size, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try insert.bind(1, row.firstSequence)
        try insert.bind(2, row.count)
        try insert.bind(3, row.session)
        try insert.bind(4, row.clock)
        try insert.bind(5, row.firstArrival)
        try insert.bind(6, row.lastArrival)
        try insert.bind(7, row.size)
        try insert.bind(8, row.body)
        try insert.run()
    }
}
