import DeviceProtocol
import SQLite

/// Copying a tape with its own numbers.
extension TapeCopier {
    /// Tables whose rows are made anew of the messages.
    private static let messageTables: Set<String> = ["journal", "segment", "topic", "template", "string", "activity"]

    /// Takes over the catalogue of another tape row by row, whatever tables and columns both have.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read, or this one not be written.
    func adopt(_ source: borrowing Connection) throws(TapeError) {
        var statements: [String] = []
        var numbers: [ClockKey: Int64] = [:]
        do {
            for table in try source.names("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid") {
                if Self.messageTables.contains(table) || table.hasPrefix("sqlite_") { continue }
                statements += try rows(of: table, in: source)
            }
            var clocks = try source.prepare("SELECT session, offset, id FROM clock ORDER BY id")
            while try clocks.step() {
                let key = ClockKey(session: clocks.integer(0), offset: clocks.integer(1))
                // Of clocks with the same offset the first stands for all: times come out the same.
                if numbers[key] == nil { numbers[key] = clocks.integer(2) }
            }
        } catch {
            throw TapeError.from(error)
        }
        try write { (database: borrowing Connection) throws(SQLiteError) in
            for statement in statements { try database.execute(statement) }
            try database.forgetOpenIncidents()
        }
        clocks = numbers
        report.sessions = Set(numbers.keys.map(\.session)).count
    }

    /// Statements that insert the rows of a table of another tape.
    private func rows(of table: String, in source: borrowing Connection) throws(SQLiteError) -> [String] {
        guard let tape else { return [] }
        let sql = "SELECT name FROM pragma_table_info('\(table)')"
        let known = Set(try tape.database.names(sql))
        let columns = try source.names(sql).filter(known.contains)
        guard !columns.isEmpty else { return [] }
        // quote() gives any value back as a literal (https://www.sqlite.org/lang_corefunc.html#quote).
        let values = columns.map { "quote(\"\($0)\")" }.joined(separator: " || ',' || ")
        let names = columns.map { "\"\($0)\"" }.joined(separator: ",")
        return try source.names("SELECT \(values) FROM \"\(table)\"").map { row in
            "INSERT OR REPLACE INTO \"\(table)\" (\(names)) VALUES (\(row))"
        }
    }

    /// Adds a message under its own number and session.
    ///
    /// - Parameters:
    ///   - message: the message; its number is higher than that of the one before.
    ///   - growth: how many bytes it has more than the message that it was.
    ///   - redactions: how many values were replaced in the message that it was.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    func appendVerbatim(
        _ message: consuming RecordedMessage, grownBy growth: Int, from redactions: Int
    ) throws(TapeError) {
        let clock = try clock(of: message.session, offset: message.arrival.nanoseconds &- message.monotonic)
        let size = Int64(message.size)
        if block.count > 0,
            message.sequence != block.firstSequence &+ Int64(block.count)
                || Int64(block.bytes.count) &+ size > TapeSealer.segmentBytes
        {
            try flush()
        }
        if block.count == 0 { block = MessageBlock(firstSequence: message.sequence) }
        block.append(message, clock: clock)
        tally.count(message)
        report.messages += 1
        report.bytes += size
        changes[message.session, default: (0, 0)].bytes += Int64(growth)
        changes[message.session, default: (0, 0)].redactions += Int64(message.redactions) &- Int64(redactions)
        if block.count >= Int(TapeSealer.segmentMessages) { try flush() }
    }

    /// Brings the sessions up to date and gives the file its name.
    ///
    /// - Parameters:
    ///   - options: the options of a session after the change.
    ///   - text: a mark's text or a session's tags after the change.
    /// - Returns: what stands on the tape.
    /// - Throws: ``TapeError`` as ``finish()`` does.
    func finishVerbatim(options: (String) -> String, text: (String) -> String) throws(TapeError) -> CopyReport {
        try flush()
        let changes = changes
        try write { (database: borrowing Connection) throws(SQLiteError) in
            for session in try database.sessions() {
                var update = try database.prepare(
                    """
                    UPDATE session SET bytes = bytes + ?, redactions = redactions + ?, options = ?, tags = ?
                    WHERE id = ?
                    """)
                try update.bind(1, changes[session.id]?.bytes ?? 0)
                try update.bind(2, changes[session.id]?.redactions ?? 0)
                try update.bind(3, options(session.options))
                try update.bind(4, text(session.tags))
                try update.bind(5, session.id)
                try update.run()
            }
            for mark in try database.marks() { try database.update(mark, text: text(mark.text)) }
        }
        return try finish()
    }
}

extension Connection {
    /// The texts of a query's first column.
    fileprivate func names(_ sql: String) throws(SQLiteError) -> [String] {
        var rows = try prepare(sql)
        var names: [String] = []
        while try rows.step() { names.append(rows.text(0)) }
        return names
    }
}
