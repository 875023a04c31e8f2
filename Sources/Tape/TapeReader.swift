public import DeviceProtocol
import SQLite

/// Reads a tape, also while it is being recorded; everything it answers belongs to one consistent view.
///
/// It belongs to one thread.
public final class TapeReader {
    /// The tape file.
    public let path: String
    /// Whether a recorder was writing onto the tape when it was opened.
    public let isBeingRecorded: Bool

    let tape: TapeConnection

    /// How many segments were opened so far; one that was passed over by what the catalogue says of it does not count.
    public var segmentsOpened: Int { tape.segmentsOpened }

    /// Opens a tape.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - mayBeOpen: whether this process may have the file open with SQLite already.
    /// - Throws: ``TapeError`` when there is no such file, it is no tape, or it is of a newer format.
    public init(path: String, mayBeOpen: Bool = false) throws(TapeError) {
        self.path = path
        // Must be asked before SQLite has the file open in this process; see RecordingLock.
        isBeingRecorded = mayBeOpen ? RecordingLock.isHeldKeepingDescriptor(path) : RecordingLock.isHeld(path)
        tape = TapeConnection(try TapeFile.openForReading(path))
        try TapeFile.checkMarks(tape.database)
        try beginView()
    }

    /// Moves on to the newest state of a tape that is being recorded.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func refresh() throws(TapeError) {
        do { try tape.database.execute("COMMIT") } catch { throw TapeError.from(error) }
        try beginView()
    }

    /// The selected messages in order of arrival.
    ///
    /// - Parameters:
    ///   - selection: which messages.
    ///   - sequence: only messages after this one.
    /// - Returns: what reads them one by one.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func messages(_ selection: Selection = Selection(), after sequence: Int64 = 0) throws(TapeError)
        -> MessageCursor
    {
        try MessageCursor(tape, selection: selection, after: sequence)
    }

    /// All sessions, oldest first.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func sessions() throws(TapeError) -> [Session] {
        try TapeError.wrapping { () throws(SQLiteError) in
            try tape.database.sessions()
        }
    }

    /// The rows of the loss ledger that touch a window, oldest first.
    ///
    /// A recording that was killed and not taken up again has a row here that the next recording will write.
    ///
    /// - Parameters:
    ///   - since: wall time from which on; nil for the beginning of the tape.
    ///   - until: wall time until which; nil for its end.
    /// - Returns: the rows, those that still last among them.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func gaps(since: Timestamp? = nil, until: Timestamp? = nil) throws(TapeError) -> [Gap] {
        try TapeError.wrapping { () throws(SQLiteError) in
            var rows = try tape.database.prepare(
                """
                SELECT id, session, cause, began_at, ended_at, missing, detail FROM gap
                WHERE began_at < ? AND coalesce(ended_at, 9223372036854775807) >= ? ORDER BY began_at, id
                """)
            try rows.bind(1, until?.nanoseconds ?? .max)
            try rows.bind(2, since?.nanoseconds ?? .min)
            var gaps: [Gap] = []
            while try rows.step() {
                gaps.append(
                    Gap(
                        id: rows.integer(0), session: rows.integer(1), cause: rows.text(2),
                        beganAt: Timestamp(nanoseconds: rows.integer(3)),
                        endedAt: rows.optionalInteger(4).map(Timestamp.init(nanoseconds:)),
                        missing: rows.optionalInteger(5), detail: rows.optionalText(6)))
            }
            guard !isBeingRecorded else { return gaps }
            for session in try tape.database.sessions() {
                guard session.endedAt == nil, !session.isSnapshot,
                    session.aliveAt < until ?? Timestamp(nanoseconds: .max)
                else { continue }
                gaps.append(
                    Gap(
                        session: session.id, cause: .killed, beganAt: session.aliveAt,
                        detail: "the recording did not end in order"))
            }
            return gaps
        }
    }

    /// The name by which tapes are told apart, 32 hexadecimal digits; nil on a tape that was made without one.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func tapeID() throws(TapeError) -> String? {
        try TapeError.wrapping { () throws(SQLiteError) in try tape.database.knownTapeID() }
    }

    /// What each device said or was told, by kind.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func activity() throws(TapeError) -> [Activity] {
        try TapeError.wrapping { () throws(SQLiteError) in
            var rows = try tape.database.prepare(
                "SELECT device, kind, messages, bytes, first_seen, last_seen FROM activity ORDER BY device, kind")
            var activity: [Activity] = []
            while try rows.step() {
                let device = rows.text(0)
                activity.append(
                    Activity(
                        device: device.isEmpty ? nil : DeviceID(device),
                        kind: MessageKind(rawValue: rows.text(1)) ?? .unknown, messages: rows.integer(2),
                        bytes: rows.integer(3), firstSeen: Timestamp(nanoseconds: rows.integer(4)),
                        lastSeen: Timestamp(nanoseconds: rows.integer(5))))
            }
            return activity
        }
    }

    /// The steps of the wall clock during recordings, with the time on the old clock at which each was noticed.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func clockSteps() throws(TapeError) -> [ClockStep] {
        try TapeError.wrapping { () throws(SQLiteError) in
            var rows = try tape.database.prepare(
                """
                SELECT session, cause, monotonic, offset, offset - lag(offset) OVER (PARTITION BY session ORDER BY id)
                FROM clock ORDER BY id
                """)
            var steps: [ClockStep] = []
            while try rows.step() {
                guard let change = rows.optionalInteger(4) else { continue }
                steps.append(
                    ClockStep(
                        session: rows.integer(0), cause: rows.text(1),
                        at: Timestamp(nanoseconds: rows.integer(2) &+ rows.integer(3) &- change), change: change))
            }
            return steps
        }
    }

    /// Sums over the whole tape, without reading its messages.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func summary() throws(TapeError) -> TapeSummary {
        try TapeError.wrapping { () throws(SQLiteError) in
            var rows = try tape.database.prepare(
                """
                SELECT coalesce(sum(messages), 0), coalesce(sum(bytes), 0), min(first_seen), max(last_seen),
                  count(DISTINCT nullif(device, '')) FROM activity
                """)
            _ = try rows.step()
            let pages = try tape.database.integer("SELECT page_count FROM pragma_page_count()") ?? 0
            let pageSize = try tape.database.integer("PRAGMA page_size") ?? 0
            return TapeSummary(
                messages: rows.integer(0), bytes: rows.integer(1),
                firstArrival: rows.optionalInteger(2).map(Timestamp.init(nanoseconds:)),
                lastArrival: rows.optionalInteger(3).map(Timestamp.init(nanoseconds:)), devices: rows.integer(4),
                fileSize: pages * pageSize, formatVersion: try tape.database.integer("PRAGMA user_version") ?? 0)
        }
    }

    /// How many messages are still as they were recorded, not sealed.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func unsealedMessages() throws(TapeError) -> Int64 {
        try TapeError.wrapping { () throws(SQLiteError) in
            try tape.database.integer("SELECT coalesce(sum(count), 0) FROM journal") ?? 0
        }
    }

    /// The number of the last message that the tape held when the view was taken; 0 on an empty tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func lastSequence() throws(TapeError) -> Int64 {
        try TapeError.wrapping { () throws(SQLiteError) in
            let journal = try tape.database.integer("SELECT max(first_seq + count - 1) FROM journal") ?? 0
            guard try tape.database.hasSegments() else { return journal }
            let segment = "SELECT first_seq + count - 1 FROM segment ORDER BY first_seq DESC LIMIT 1"
            return max(journal, try tape.database.integer(segment) ?? 0)
        }
    }

    private func beginView() throws(TapeError) {
        do {
            try tape.database.execute("BEGIN DEFERRED")
            // The view begins with the first read, not with BEGIN.
            _ = try tape.database.integer("SELECT count(*) FROM tape")
        } catch {
            throw TapeError.from(error)
        }
    }
}
