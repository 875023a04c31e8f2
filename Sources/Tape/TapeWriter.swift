public import DeviceProtocol
import Glibc
import SQLite

/// Writes a tape: messages into the journal, one row a batch, and the facts of the recording into the catalogue.
///
/// One at a time: the writer holds the tape's recording lock. It belongs to one thread. What ``append(_:)`` takes is
/// durable only when ``commit()`` has returned (`synchronous = FULL`).
public final class TapeWriter {
    /// The tape file.
    public let path: String
    /// The session that is being recorded; number 0 before one was begun.
    public private(set) var session = Session(
        source: "", broker: nil, clientID: nil, recorder: "", startedAt: Timestamp(nanoseconds: 0))

    /// The cause of the row that ``begin(_:clock:pauseDetail:)`` added to the ledger; nil where there was no session
    /// before.
    public private(set) var pause: Gap.Cause?

    /// Whether the file was made by this writer.
    public let wasCreated: Bool

    private let lock: RecordingLock
    let tape: TapeConnection
    let compressor: BatchCompressor
    var nextSequence: Int64
    private(set) var clock: (id: Int64, offset: Int64) = (0, 0)

    private var frames: [UInt8] = []
    private var batch: (first: Int64, count: Int64, firstArrival: Int64, lastArrival: Int64)?
    private var tally = ActivityTally()

    /// Opens a tape for writing, or makes one where there is none.
    ///
    /// - Parameter path: the tape file.
    /// - Throws: ``TapeError`` when the file is no tape, newer, in use, or cannot be written.
    public init(path: String) throws(TapeError) {
        self.path = path
        wasCreated = try TapeFile.examine(path) == .missing
        if wasCreated { try TapeFile.create(path) }
        lock = try RecordingLock(path)
        tape = TapeConnection(try TapeFile.openForWriting(path))
        do {
            compressor = try BatchCompressor()
        } catch {
            throw .system(path: path, action: "compress", reason: error.reason)
        }
        do {
            nextSequence = (try tape.database.integer(Self.lastSequenceSQL) ?? 0) + 1
        } catch {
            throw TapeError.from(error)
        }
    }

    /// Begins a session; before it nothing can be appended.
    ///
    /// A session that was left open by a kill is closed, and the time since the last session's last sign of life goes
    /// into the loss ledger.
    ///
    /// - Parameters:
    ///   - session: the facts of the new session.
    ///   - clock: the offset of the recorder's arrival clock.
    ///   - pauseDetail: what is known of the time since the last session, for a person.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func begin(
        _ session: Session, clock: ArrivalClock.Offset, pauseDetail: String? = nil
    ) throws(TapeError) {
        var begun = session
        var clockID: Int64 = 0
        var pause: Gap.Cause?
        try write { () throws(SQLiteError) in
            _ = try tape.database.tapeID()
            pause = try tape.database.closeAbandonedSessions(now: session.startedAt, detail: pauseDetail)
            begun.id = try tape.database.insert(session)
            clockID = try tape.database.insert(clock, session: begun.id)
        }
        self.session = begun
        self.pause = pause
        self.clock = (clockID, clock.offset)
    }

    /// The last session on the tape of this client at this broker.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func lastSession(clientID: String, broker: String) throws(TapeError) -> Session? {
        try TapeError.wrapping { () throws(SQLiteError) in
            try tape.database.sessions().last { $0.clientID == clientID && $0.broker == broker }
        }
    }

    /// Removes the tape again where this writer made it and no session was begun: a recording that never came about
    /// leaves nothing behind.
    public func discardIfUnused() {
        guard wasCreated, session.id == 0 else { return }
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    /// The name by which tapes of this file are told apart, 32 hexadecimal digits made when the tape was made.
    public func tapeID() throws(TapeError) -> String {
        try TapeError.wrapping { () throws(SQLiteError) in try tape.database.tapeID() }
    }

    /// Messages appended since the last commit.
    public var pendingCount: Int { Int(batch?.count ?? 0) }
    /// Bytes appended since the last commit, before compression.
    public var pendingBytes: Int { frames.count }

    /// Adds a message to the batch that the next ``commit()`` makes durable.
    ///
    /// Sequence, session and arrival of `message` are set here: the next number, this session, and the wall time of
    /// `message.monotonic`.
    ///
    /// - Returns: the message's sequence number.
    @discardableResult
    public func append(_ message: consuming RecordedMessage) -> Int64 {
        message.sequence = nextSequence + Int64(pendingCount)
        message.session = session.id
        let arrival = message.monotonic &+ clock.offset
        message.arrival = Timestamp(nanoseconds: arrival)
        MessageFrame.append(message, sinceLast: arrival - (batch?.lastArrival ?? arrival), to: &frames)
        tally.count(message)
        session.messages += 1
        session.bytes += Int64(message.size)
        session.redactions += Int64(message.redactions)
        if message.duplicateOf != nil { session.duplicates += 1 }
        if batch == nil {
            batch = (message.sequence, 1, arrival, arrival)
        } else {
            batch?.count += 1
            batch?.lastArrival = arrival
        }
        return message.sequence
    }

    /// Makes everything appended durable, in one transaction.
    ///
    /// When it throws, nothing was stored and the batch is kept: it may be called again once there is room.
    ///
    /// - Throws: ``TapeError``, ``TapeError/diskFull(path:)`` among them.
    public func commit() throws(TapeError) {
        guard let batch else { return }
        let body: [UInt8]
        do {
            body = try compressor.compress(frames)
        } catch {
            throw .system(path: path, action: "compress", reason: error.reason)
        }
        session.aliveAt = Timestamp(nanoseconds: batch.lastArrival)
        try write { () throws(SQLiteError) in
            try tape.database.insertBatch(
                JournalRow(
                    firstSequence: batch.first, count: batch.count, session: session.id, clock: clock.id,
                    firstArrival: batch.firstArrival, lastArrival: batch.lastArrival, size: Int64(frames.count),
                    body: body))
            try tape.database.add(tally)
            try tape.database.update(session)
        }
        nextSequence += batch.count
        self.batch = nil
        frames.removeAll(keepingCapacity: frames.capacity <= 8 << 20)
        tally.removeAll()
    }

    /// Stores a sign of life, so that a kill is dated well even when nothing was received.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func heartbeat(at time: Timestamp) throws(TapeError) {
        try commit()
        session.aliveAt = time
        try write { () throws(SQLiteError) in try tape.database.update(session) }
    }

    /// Begins a new offset between monotonic and wall time; what is pending is committed under the old one first.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func setClock(_ offset: ArrivalClock.Offset) throws(TapeError) {
        try commit()
        try write { () throws(SQLiteError) in
            clock = (try tape.database.insert(offset, session: session.id), offset.offset)
        }
    }

    /// Changes facts of the session (addresses, granted subscriptions …) and stores them.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func updateSession(_ change: (inout Session) -> Void) throws(TapeError) {
        // The session's counts hold what is pending; they must never run ahead of the messages.
        try commit()
        var changed = session
        change(&changed)
        try write { () throws(SQLiteError) in try tape.database.update(changed) }
        session = changed
    }

    /// Adds a row to the loss ledger.
    ///
    /// - Returns: the row's number, with which ``closeGap(_:at:)`` ends it.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    @discardableResult
    public func addGap(_ gap: Gap) throws(TapeError) -> Int64 {
        var gap = gap
        gap.session = session.id
        var id: Int64 = 0
        try write { () throws(SQLiteError) in id = try tape.database.insert(gap) }
        return id
    }

    /// Rewrites a row of the loss ledger that has grown or turned out otherwise; its session stays.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func updateGap(_ gap: Gap, id: Int64) throws(TapeError) {
        try write { () throws(SQLiteError) in
            var update = try tape.database.prepare(
                "UPDATE gap SET cause = ?, began_at = ?, ended_at = ?, missing = ?, detail = ? WHERE id = ?")
            try update.bind(1, gap.cause)
            try update.bind(2, gap.beganAt.nanoseconds)
            try update.bind(3, gap.endedAt?.nanoseconds)
            try update.bind(4, gap.missing)
            try update.bind(5, gap.detail)
            try update.bind(6, id)
            try update.run()
        }
    }

    /// Ends a row of the loss ledger.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func closeGap(_ id: Int64, at time: Timestamp) throws(TapeError) {
        try write { () throws(SQLiteError) in
            var update = try tape.database.prepare("UPDATE gap SET ended_at = max(?, began_at) WHERE id = ?")
            try update.bind(1, time.nanoseconds)
            try update.bind(2, id)
            try update.run()
        }
    }

    /// Marks the place where the broker began a new session for us: packet identifiers before it say nothing any more,
    /// and it holds no subscription.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func beginBrokerSession() throws(TapeError) {
        try commit()
        session.filters = "[]"
        try write { () throws(SQLiteError) in
            try tape.database.update(session)
            var update = try tape.database.prepare("UPDATE session SET broker_session_seq = ? WHERE id = ?")
            try update.bind(1, nextSequence)
            try update.bind(2, session.id)
            try update.run()
        }
    }

    /// The last recorded deliveries of the broker session that is still going on, oldest first: what a redelivery with
    /// DUP set may be a repeat of.
    ///
    /// - Parameter limit: how many at most, the receive maximum.
    /// - Returns: the deliveries; none where this client has no session at the broker that began on this tape.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func recentDeliveries(limit: Int) throws(TapeError) -> [Delivery] {
        let first: Int64?
        do { first = try tape.database.brokerSessionStart(of: session) } catch { throw TapeError.from(error) }
        guard let first else { return [] }
        var found: [Delivery] = []
        for reach in Self.searchedMessages {
            let after = max(first - 1, nextSequence - 1 - reach)
            let cursor = try MessageCursor(tape, selection: Selection(), after: after)
            found.removeAll()
            while let message = try cursor.next() {
                // A repeat is known by its original, which lies further back.
                if message.duplicateOf == nil, let delivery = Delivery(message) { found.append(delivery) }
            }
            if let damage = cursor.damages.first { throw damage }
            if found.count >= limit || after == first - 1 { break }
        }
        return found.suffix(limit)
    }

    /// Commits what is pending and closes the session.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func end(at time: Timestamp, reason: String) throws(TapeError) {
        try commit()
        try updateSession { session in
            session.aliveAt = max(session.aliveAt, time)
            session.endedAt = session.aliveAt
            session.endReason = reason
        }
        try TapeError.wrapping { () throws(SQLiteError) in
            // The tape may be copied away by name alone from here on; failing only leaves the -wal file beside it.
            _ = try? tape.database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// How far back deliveries are looked for, step by step: where so many messages hold too few, most came at QoS 0 and
    /// the start of a recording must not wait for the rest.
    private static let searchedMessages: [Int64] = [4_096, 32_768, 262_144]

    /// The sequence number of the last message that was ever on a tape, or 0.
    static let lastSequenceSQL = """
        SELECT max(
          coalesce((SELECT first_seq + count - 1 FROM journal ORDER BY first_seq DESC LIMIT 1), 0),
          coalesce((SELECT first_seq + count - 1 FROM segment ORDER BY first_seq DESC LIMIT 1), 0),
          coalesce((SELECT value FROM tape WHERE key = 'last_deleted_seq'), 0))
        """

    func write(_ body: () throws(SQLiteError) -> Void) throws(TapeError) {
        do {
            try tape.database.transaction(body)
        } catch {
            throw TapeError.from(error)
        }
    }
}
