import SQLite

/// Walks along the keys of a table of messages, past database pages that cannot be read.
///
/// A page that is damaged makes SQLite fail for every key on it. Where the next readable key lies is found by asking for
/// what comes after ever larger numbers, and then by halving.
struct KeyWalker: ~Copyable {
    enum Step {
        /// Messages from `first` on, so many.
        case part(first: Int64, count: Int64)
        /// Nothing can be read of the keys above `after`, up to `through`.
        case unreadable(after: Int64, through: Int64, reason: String)
    }

    private var rows: Statement
    private var probe: Statement
    private var last: Int64 = .min
    private var isAtEnd = false
    /// Stretches that could not be read, one after the other: each one is taken larger, so that the walk ends.
    private var strikes = 0

    /// - Throws: ``SQLiteError`` where the table itself cannot be found.
    init(_ connection: borrowing Connection, table: String) throws(SQLiteError) {
        let sql = "SELECT first_seq, count FROM \(table) WHERE first_seq > ? ORDER BY first_seq"
        var rows = try connection.prepare(sql)
        let probe = try connection.prepare(sql + " LIMIT 1")
        try rows.bind(1, .min)
        self.rows = rows
        self.probe = probe
    }

    /// The next part, or stretch without one; nil at the end.
    mutating func next() -> Step? {
        if isAtEnd { return nil }
        do {
            guard try rows.step() else {
                isAtEnd = true
                return nil
            }
            let first = rows.integer(0)
            // Keys that do not ascend are those of a page in the wrong place.
            guard first > last else { return skip("its keys are in disorder") }
            last = first
            strikes = 0
            return .part(first: first, count: rows.integer(1))
        } catch {
            return skip(error.message)
        }
    }

    private mutating func skip(_ reason: String) -> Step {
        let after = last
        var failing = last
        var distance: Int64 = 1 << min(62, Int64(strikes))
        strikes += 1
        while true {
            let (candidate, overflow) = max(last, 0).addingReportingOverflow(distance)
            let through = overflow ? .max : candidate
            if isReadable(after: through) {
                last = strikes > 1 ? through : smallestReadable(above: failing, through: through)
                break
            }
            guard through < .max else {
                isAtEnd = true
                return .unreadable(after: after, through: .max, reason: reason)
            }
            failing = through
            distance &*= 2
            if distance <= 0 { distance = .max }
        }
        rows.reset()
        do { try rows.bind(1, last) } catch { isAtEnd = true }
        return .unreadable(after: after, through: last, reason: reason)
    }

    private mutating func smallestReadable(above failing: Int64, through readable: Int64) -> Int64 {
        var (low, high) = (failing, readable)
        while high.subtractingReportingOverflow(low).partialValue.magnitude > 1 {
            let middle = low / 2 + high / 2 + (low % 2 + high % 2) / 2
            guard middle > low, middle < high else { break }
            if isReadable(after: middle) { high = middle } else { low = middle }
        }
        return high
    }

    private mutating func isReadable(after key: Int64) -> Bool {
        defer { probe.reset() }
        do {
            try probe.bind(1, key)
            return try probe.step() ? probe.integer(0) > key : true
        } catch {
            return false
        }
    }
}

/// Journal batches and segments of a tape in order of their messages.
struct PartWalker: ~Copyable {
    enum Table: String {
        case journal, segment
    }

    /// How many messages a row may hold: more than any that was ever written.
    static let counts: ClosedRange<Int64> = 1...1 << 22

    private var journal: KeyWalker
    private var segments: KeyWalker?
    private var nextJournal: KeyWalker.Step?
    private var nextSegment: KeyWalker.Step?

    init(_ connection: borrowing Connection, hasSegments: Bool) throws(SQLiteError) {
        var journal = try KeyWalker(connection, table: Table.journal.rawValue)
        var segments = hasSegments ? try KeyWalker(connection, table: Table.segment.rawValue) : nil
        nextJournal = journal.next()
        nextSegment = segments?.next()
        self.journal = journal
        self.segments = segments
    }

    mutating func next() -> (table: Table, step: KeyWalker.Step)? {
        let journalPlace = nextJournal.map(Self.place)
        guard let segment = nextSegment, Self.place(segment) <= journalPlace ?? .max else {
            guard let step = nextJournal else { return nil }
            nextJournal = journal.next()
            return (.journal, step)
        }
        nextSegment = segments?.next()
        return (.segment, segment)
    }

    private static func place(_ step: KeyWalker.Step) -> Int64 {
        switch step {
        case .part(let first, _): first
        case .unreadable(let after, _, _): after
        }
    }
}
