public import DeviceProtocol
import Glibc
import SQLite

/// Writes a tape: messages into the journal, a row for each run of messages of one session, and the facts of the
/// recording into the catalogue.
///
/// One at a time: the writer holds the tape's recording lock. It belongs to one thread. What ``append(_:to:)`` takes is
/// durable only when ``commit()`` has returned (`synchronous = FULL`).
///
/// Sessions may be recorded beside each other; what names none is about the one begun last.
public final class TapeWriter {
    /// One of the sessions that are being recorded, by its place among them.
    public struct Place: Sendable, Hashable {
        let index: Int
    }

    /// A session that is being recorded.
    struct Recorded {
        var session: Session
        var clock: Int64
        var pause: Gap?
    }

    /// Messages of one session that wait for the next commit, in the order of their numbers.
    private struct Run {
        var place: Int
        var first: Int64
        var count: Int64
        var firstArrival: Int64
        var lastArrival: Int64
        /// Where its frames begin.
        var start: Int
    }

    /// The tape file.
    public let path: String

    /// Whether the file was made by this writer.
    public let wasCreated: Bool

    private let lock: RecordingLock
    let tape: TapeConnection
    let compressor: BatchCompressor
    var nextSequence: Int64
    /// Wall time minus monotonic time, ns; the same for all sessions that are being recorded.
    private(set) var offset: Int64 = 0
    private(set) var recorded: [Recorded] = []

    /// Messages appended since the last commit.
    public private(set) var pendingCount = 0
    /// Commits of messages by this writer, those that a change of the session or of the clock brought about among them.
    public private(set) var commits: Int64 = 0
    /// Messages that they made durable.
    public private(set) var committedMessages: Int64 = 0
    private var frames: [UInt8] = []
    private var runs: [Run] = []
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
    ///   - isBeside: whether the sessions that were begun before go on beside it; else they end as after a kill.
    ///   - isOwn: whether only the client's own last session counts for the pause before, as with several clients, and not
    ///     the last one of anybody.
    /// - Returns: where it stands among the sessions that are being recorded.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    @discardableResult
    public func begin(
        _ session: Session, clock: ArrivalClock.Offset, beside isBeside: Bool = false,
        pauseOfItsClient isOwn: Bool = false
    ) throws(TapeError) -> Place {
        var begun = session
        var clockID: Int64 = 0
        var pause: Gap?
        try write { () throws(SQLiteError) in
            _ = try tape.database.tapeID()
            if !isBeside { try tape.database.closeAbandonedSessions(now: session.startedAt) }
            pause = try tape.database.notePause(before: session, ofItsClient: isOwn)
            begun.id = try tape.database.insert(session)
            clockID = try tape.database.insert(clock, session: begun.id)
        }
        if !isBeside { recorded.removeAll() }
        recorded.append(Recorded(session: begun, clock: clockID, pause: pause))
        offset = clock.offset
        return Place(index: recorded.count - 1)
    }

    /// The session that was begun last; number 0 before one was.
    public var session: Session { session(at: nil) }

    /// A session that is being recorded.
    public func session(at place: Place?) -> Session {
        recorded.isEmpty ? Self.none : recorded[index(place)].session
    }

    /// The row that the ledger got when a session was begun, for the time since the one before; nil where there was
    /// none.
    public func pause(before place: Place) -> Gap? { recorded[place.index].pause }

    private static let none = Session(
        source: "", broker: nil, clientID: nil, recorder: "", startedAt: Timestamp(nanoseconds: 0))

    private func index(_ place: Place?) -> Int { place?.index ?? recorded.count - 1 }

    /// The sessions on the tape, oldest first.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func sessions() throws(TapeError) -> [Session] {
        try TapeError.wrapping { () throws(SQLiteError) in try tape.database.sessions() }
    }

    /// Removes the tape again where this writer made it and no session was begun: a recording that never came about
    /// leaves nothing behind.
    public func discardIfUnused() {
        guard wasCreated, recorded.isEmpty else { return }
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    /// The name by which tapes of this file are told apart, 32 hexadecimal digits made when the tape was made.
    public func tapeID() throws(TapeError) -> String {
        try TapeError.wrapping { () throws(SQLiteError) in try tape.database.tapeID() }
    }

    /// Bytes appended since the last commit, before compression.
    public var pendingBytes: Int { frames.count }

    /// Adds a message to the batch that the next ``commit()`` makes durable.
    ///
    /// Sequence, session and arrival of `message` are set here: the next number, the session at `place`, and the wall
    /// time of `message.monotonic`.
    ///
    /// - Returns: the message's sequence number.
    @discardableResult
    public func append(_ message: consuming RecordedMessage, to place: Place? = nil) -> Int64 {
        let index = index(place)
        message.sequence = nextSequence + Int64(pendingCount)
        message.session = recorded[index].session.id
        let arrival = message.monotonic &+ offset
        message.arrival = Timestamp(nanoseconds: arrival)
        if runs.last?.place != index {
            runs.append(
                Run(
                    place: index, first: message.sequence, count: 0, firstArrival: arrival, lastArrival: arrival,
                    start: frames.count))
        }
        let last = runs.count - 1
        MessageFrame.append(message, sinceLast: arrival - runs[last].lastArrival, to: &frames)
        runs[last].count += 1
        runs[last].lastArrival = arrival
        tally.count(message)
        recorded[index].session.add(message)
        pendingCount += 1
        return message.sequence
    }

    /// Makes everything appended durable, in one transaction.
    ///
    /// When it throws, nothing was stored and the batch is kept: it may be called again once there is room.
    ///
    /// - Throws: ``TapeError``, ``TapeError/diskFull(path:)`` among them.
    public func commit() throws(TapeError) {
        guard pendingCount > 0 else { return }
        var rows: [JournalRow] = []
        rows.reserveCapacity(runs.count)
        for (number, run) in runs.enumerated() {
            let end = number + 1 < runs.count ? runs[number + 1].start : frames.count
            recorded[run.place].session.aliveAt = Timestamp(nanoseconds: run.lastArrival)
            rows.append(
                JournalRow(
                    firstSequence: run.first, count: run.count, session: recorded[run.place].session.id,
                    clock: recorded[run.place].clock, firstArrival: run.firstArrival, lastArrival: run.lastArrival,
                    size: Int64(end - run.start), body: try compressed(frames[run.start..<end])))
        }
        let places = Set(runs.map(\.place))
        try write { () throws(SQLiteError) in
            for row in rows { try tape.database.insertBatch(row) }
            try tape.database.add(tally)
            for place in places { try tape.database.update(recorded[place].session) }
        }
        nextSequence += Int64(pendingCount)
        commits += 1
        committedMessages += Int64(pendingCount)
        pendingCount = 0
        runs.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: frames.capacity <= 8 << 20)
        tally.removeAll()
    }

    func compressed(_ frames: ArraySlice<UInt8>) throws(TapeError) -> [UInt8] {
        do {
            return try compressor.compress(frames)
        } catch {
            throw .system(path: path, action: "compress", reason: error.reason)
        }
    }

    /// Stores a sign of life of all sessions, so that a kill is dated well even when nothing was received.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func heartbeat(at time: Timestamp) throws(TapeError) {
        try commit()
        for index in recorded.indices { recorded[index].session.aliveAt = time }
        try write { () throws(SQLiteError) in
            for entry in recorded { try tape.database.update(entry.session) }
        }
    }

    /// Begins a new offset between monotonic and wall time for all sessions; what is pending is committed under the old one first.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func setClock(_ offset: ArrivalClock.Offset) throws(TapeError) {
        try commit()
        try write { () throws(SQLiteError) in
            for index in recorded.indices {
                recorded[index].clock = try tape.database.insert(offset, session: recorded[index].session.id)
            }
        }
        self.offset = offset.offset
    }

    /// Changes facts of the session (addresses, granted subscriptions …) and stores them.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func updateSession(at place: Place? = nil, _ change: (inout Session) -> Void) throws(TapeError) {
        // The session's counts hold what is pending; they must never run ahead of the messages.
        try commit()
        let index = index(place)
        var changed = recorded[index].session
        change(&changed)
        try write { () throws(SQLiteError) in try tape.database.update(changed) }
        recorded[index].session = changed
    }

    /// Adds a row to the loss ledger, under a session.
    ///
    /// - Returns: the row's number, with which ``closeGap(_:at:)`` ends it.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    @discardableResult
    public func addGap(_ gap: Gap, at place: Place? = nil) throws(TapeError) -> Int64 {
        var gap = gap
        gap.session = session(at: place).id
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
    public func beginBrokerSession(at place: Place? = nil) throws(TapeError) {
        try commit()
        let index = index(place)
        recorded[index].session.filters = "[]"
        let session = recorded[index].session
        try write { () throws(SQLiteError) in
            try tape.database.update(session)
            var update = try tape.database.prepare("UPDATE session SET broker_session_seq = ? WHERE id = ?")
            try update.bind(1, nextSequence)
            try update.bind(2, session.id)
            try update.run()
        }
    }

    /// The last recorded deliveries of a client's broker session that is still going on, oldest first: what a redelivery
    /// with DUP set may be a repeat of.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - place: the session whose client it is about.
    /// - Returns: the deliveries; none where this client has no session at the broker that began on this tape.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func recentDeliveries(limit: Int, at place: Place? = nil) throws(TapeError) -> [Delivery] {
        guard let client = session(at: place).clientID else { return [] }
        return try recentDeliveries(limit: limit, of: [client])[client]?.deliveries ?? []
    }

    /// The last recorded deliveries of several clients, as ``recentDeliveries(limit:at:)`` has them, in one pass.
    ///
    /// - Parameters:
    ///   - limit: how many of each at most.
    ///   - clients: their ids.
    /// - Returns: of each client whose broker session began on this tape the deliveries, oldest first, and whether they
    ///   are all of that session.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func recentDeliveries(
        limit: Int, of clients: [String]
    ) throws(TapeError) -> [String: (deliveries: [Delivery], areAll: Bool)] {
        var owners: [Int64: String] = [:]
        var starts: [String: Int64] = [:]
        do {
            for client in clients { starts[client] = try tape.database.brokerSessionStart(ofClient: client) }
            for session in try tape.database.sessions() {
                if let client = session.clientID, starts[client] != nil { owners[session.id] = client }
            }
        } catch {
            throw TapeError.from(error)
        }
        guard let first = starts.values.min() else { return [:] }
        var selection = Selection()
        selection.sessions = SessionChoice(Set(owners.keys))
        var found: [String: (deliveries: [Delivery], areAll: Bool)] = [:]
        for reach in Self.searchedMessages where reach >= limit || reach == Self.searchedMessages.last {
            let after = max(first - 1, nextSequence - 1 - reach)
            let cursor = try MessageCursor(tape, selection: selection, after: after)
            found = starts.mapValues { ([], after < $0) }
            while let message = try cursor.next() {
                // A repeat is known by its original, which lies further back.
                guard message.duplicateOf == nil, let client = owners[message.session],
                    message.sequence >= starts[client] ?? .max, let delivery = Delivery(message)
                else { continue }
                found[client]?.deliveries.append(delivery)
            }
            if let damage = cursor.damages.first { throw damage }
            if found.values.allSatisfy({ $0.areAll || $0.deliveries.count >= limit }) { break }
        }
        return found.mapValues { ($0.deliveries.suffix(limit), $0.areAll && $0.deliveries.count <= limit) }
    }

    /// Commits what is pending and closes the sessions that are being recorded.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func end(at time: Timestamp, reason: String) throws(TapeError) {
        try commit()
        let ended = recorded.map { entry in
            var session = entry.session
            session.aliveAt = max(session.aliveAt, time)
            session.endedAt = session.aliveAt
            session.endReason = reason
            return session
        }
        try write { () throws(SQLiteError) in
            for session in ended { try tape.database.update(session) }
        }
        for (index, session) in ended.enumerated() { recorded[index].session = session }
        try TapeError.wrapping { () throws(SQLiteError) in
            // The tape may be copied away by name alone from here on; failing only leaves the -wal file beside it.
            _ = try? tape.database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// How far back deliveries are looked for, step by step: where so many messages hold too few, most came at QoS 0 and
    /// the start of a recording must not wait for the rest.
    private static let searchedMessages: [Int64] = [4_096, 32_768, 65_536, 262_144]

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
