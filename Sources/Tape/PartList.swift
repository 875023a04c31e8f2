import DeviceProtocol
import SQLite

/// The batches and segments that a reader may have to look at, in order of their messages.
struct PartList: ~Copyable {
    struct Part {
        var first: Int64
        var count: Int64
        var isSegment: Bool
    }

    private var rows: Statement

    init(
        _ connection: borrowing Connection, _ selection: Selection, after sequence: Int64, hasSegments: Bool
    ) throws(SQLiteError) {
        let window = "last_arrival >= ?2 AND first_arrival < ?3"
        var sql = """
            SELECT first_seq, count, 0 FROM journal WHERE first_seq + count - 1 > ?1 AND \(window)
            \(selection.sessions.isEmpty ? "" : " AND \(selection.sessions.sql("session"))")
            """
        if hasSegments {
            sql += """
                 UNION ALL SELECT first_seq, count, 1 FROM segment s WHERE first_seq + count - 1 > ?1 AND \(window)
                \(selection.sessions.isEmpty ? "" : """
                     AND EXISTS (SELECT 1 FROM clock c WHERE c.id BETWEEN s.first_clock AND s.last_clock
                      AND \(selection.sessions.sql("c.session")))
                    """)
                """
        }
        var rows = try connection.prepare(sql + " ORDER BY 1")
        try rows.bind(1, sequence)
        try rows.bind(2, selection.since?.nanoseconds ?? .min)
        // Nothing arrives at the last nanosecond that 64 bits can name, so that "<" loses nothing here.
        try rows.bind(3, selection.until?.nanoseconds ?? .max)
        self.rows = rows
    }

    mutating func next() throws(SQLiteError) -> Part? {
        guard try rows.step() else { return nil }
        return Part(first: rows.integer(0), count: rows.integer(1), isSegment: rows.integer(2) == 1)
    }
}
