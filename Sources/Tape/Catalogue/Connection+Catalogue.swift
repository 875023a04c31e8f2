import DeviceProtocol
import SQLite

/// The catalogue's tables as Swift values, for the writer.
extension Connection {
    /// The tape's identifier; made at first use.
    func tapeID() throws(SQLiteError) -> String {
        try execute(
            """
            INSERT OR IGNORE INTO tape (key, value) VALUES ('id', lower(hex(randomblob(16))));
            """)
        return try knownTapeID() ?? ""
    }

    /// The tape's identifier; nil where nobody asked for it when the tape could be written.
    func knownTapeID() throws(SQLiteError) -> String? {
        var row = try prepare("SELECT value FROM tape WHERE key = 'id'")
        return try row.step() ? row.text(0) : nil
    }

    func insert(_ session: Session) throws(SQLiteError) -> Int64 {
        var row = try prepare(
            """
            INSERT INTO session (source, broker, client_id, filters, options, tags, recorder, started_at, alive_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try row.bind(1, session.source)
        try row.bind(2, session.broker)
        try row.bind(3, session.clientID)
        try row.bind(4, session.filters)
        try row.bind(5, session.options)
        try row.bind(6, session.tags)
        try row.bind(7, session.recorder)
        try row.bind(8, session.startedAt.nanoseconds)
        try row.bind(9, session.aliveAt.nanoseconds)
        try row.run()
        return lastInsertedRow
    }

    func update(_ session: Session) throws(SQLiteError) {
        var row = try prepare(
            """
            UPDATE session SET broker_addresses = ?, filters = ?, options = ?, alive_at = ?, ended_at = ?,
              end_reason = ?, messages = ?, bytes = ?, duplicates = ?, redactions = ? WHERE id = ?
            """)
        try row.bind(1, JSONColumn.array(of: session.brokerAddresses))
        try row.bind(2, session.filters)
        try row.bind(3, session.options)
        try row.bind(4, session.aliveAt.nanoseconds)
        try row.bind(5, session.endedAt?.nanoseconds)
        try row.bind(6, session.endReason)
        try row.bind(7, session.messages)
        try row.bind(8, session.bytes)
        try row.bind(9, session.duplicates)
        try row.bind(10, session.redactions)
        try row.bind(11, session.id)
        try row.run()
    }

    func insert(_ gap: Gap) throws(SQLiteError) -> Int64 {
        var row = try prepare(
            "INSERT INTO gap (session, cause, began_at, ended_at, missing, detail) VALUES (?, ?, ?, ?, ?, ?)")
        try row.bind(1, gap.session)
        try row.bind(2, gap.cause)
        try row.bind(3, gap.beganAt.nanoseconds)
        try row.bind(4, gap.endedAt?.nanoseconds)
        try row.bind(5, gap.missing)
        try row.bind(6, gap.detail)
        try row.run()
        return lastInsertedRow
    }

    func insert(_ offset: ArrivalClock.Offset, session: Int64) throws(SQLiteError) -> Int64 {
        var row = try prepare("INSERT INTO clock (session, cause, monotonic, offset) VALUES (?, ?, ?, ?)")
        try row.bind(1, session)
        try row.bind(2, offset.cause.rawValue)
        try row.bind(3, offset.monotonic)
        try row.bind(4, offset.offset)
        try row.run()
        return lastInsertedRow
    }

    /// Session and offset (wall minus monotonic time, ns) of each clock.
    func clocks() throws(SQLiteError) -> [Int64: (session: Int64, offset: Int64)] {
        var clocks: [Int64: (session: Int64, offset: Int64)] = [:]
        var rows = try prepare("SELECT id, session, offset FROM clock")
        while try rows.step() { clocks[rows.integer(0)] = (rows.integer(1), rows.integer(2)) }
        return clocks
    }

    func add(_ tally: ActivityTally) throws(SQLiteError) {
        var row = try prepare(
            """
            INSERT INTO activity (device, kind, messages, bytes, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (device, kind) DO UPDATE SET messages = messages + excluded.messages,
              bytes = bytes + excluded.bytes, first_seen = min(first_seen, excluded.first_seen),
              last_seen = max(last_seen, excluded.last_seen)
            """)
        for activity in tally.rows.values {
            try row.bind(1, activity.device?.text ?? "")
            try row.bind(2, activity.kind.rawValue)
            try row.bind(3, activity.messages)
            try row.bind(4, activity.bytes)
            try row.bind(5, activity.firstSeen.nanoseconds)
            try row.bind(6, activity.lastSeen.nanoseconds)
            try row.run()
        }
    }

    /// Closes what a killed recorder left open.
    func closeAbandonedSessions(now: Timestamp) throws(SQLiteError) {
        var gaps = try prepare("UPDATE gap SET ended_at = max(?, began_at) WHERE ended_at IS NULL")
        try gaps.bind(1, now.nanoseconds)
        try gaps.run()
        try execute("UPDATE session SET ended_at = alive_at, end_reason = 'killed' WHERE ended_at IS NULL")
    }

    /// Notes how long nothing was recorded before a session; what is older must have been closed.
    ///
    /// - Parameters:
    ///   - session: the new session, not on the tape yet.
    ///   - isOwn: whether only what the session's client recorded counts, and not the last session of anybody.
    /// - Returns: the ledger's new row; nil where nothing was recorded before.
    /// - Throws: SQLite's error.
    func notePause(before session: Session, ofItsClient isOwn: Bool) throws(SQLiteError) -> Gap? {
        var last = try prepare(
            """
            SELECT id, alive_at, end_reason = 'killed' FROM session
            WHERE source <> '\(Session.snapshotSource)' AND (? = 0 OR client_id IS ? AND broker IS ?)
            ORDER BY id DESC LIMIT 1
            """)
        try last.bind(1, isOwn ? 1 : 0)
        try last.bind(2, session.clientID)
        try last.bind(3, session.broker)
        guard try last.step() else { return nil }
        return try note(
            pauseAfter: last.integer(0), alive: Timestamp(nanoseconds: last.integer(1)), killed: last.integer(2) != 0,
            session.startedAt)
    }

    private func note(
        pauseAfter session: Int64, alive: Timestamp, killed: Bool, _ now: Timestamp
    ) throws(SQLiteError) -> Gap {
        // With a wall clock that was set back meanwhile the time in between is only known to touch both.
        var pause = Gap(
            session: session, cause: killed ? .killed : .stopped, beganAt: min(alive, now), endedAt: max(alive, now),
            detail: now < alive ? "the wall clock was set back meanwhile" : nil)
        pause.id = try insert(pause)
        return pause
    }

    /// The first sequence number of the broker session that a client resumes, or nil where there is none: the client's
    /// last recording says where it began, however the broker's address was spelled.
    func brokerSessionStart(ofClient client: String) throws(SQLiteError) -> Int64? {
        var row = try prepare(
            """
            SELECT broker_session_seq FROM session
            WHERE client_id IS ? AND broker_session_seq IS NOT NULL ORDER BY id DESC LIMIT 1
            """)
        try row.bind(1, client)
        return try row.step() ? row.integer(0) : nil
    }

    /// All sessions, oldest first.
    func sessions() throws(SQLiteError) -> [Session] {
        var rows = try prepare(
            """
            SELECT source, broker, client_id, filters, options, tags, recorder, started_at, id, alive_at, ended_at,
              end_reason, messages, bytes, duplicates, redactions, broker_addresses FROM session ORDER BY id
            """)
        var sessions: [Session] = []
        while try rows.step() {
            var session = Session(
                source: rows.text(0), broker: rows.optionalText(1), clientID: rows.optionalText(2),
                filters: rows.text(3), options: rows.text(4), tags: rows.text(5), recorder: rows.text(6),
                startedAt: Timestamp(nanoseconds: rows.integer(7)))
            session.id = rows.integer(8)
            session.aliveAt = Timestamp(nanoseconds: rows.integer(9))
            session.endedAt = rows.optionalInteger(10).map(Timestamp.init(nanoseconds:))
            session.endReason = rows.optionalText(11)
            session.messages = rows.integer(12)
            session.bytes = rows.integer(13)
            session.duplicates = rows.integer(14)
            session.redactions = rows.integer(15)
            session.brokerAddresses = JSONColumn.texts(in: rows.text(16))
            sessions.append(session)
        }
        return sessions
    }
}
