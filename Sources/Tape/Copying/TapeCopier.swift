import DeviceProtocol
import Glibc
import SQLite

/// Writes a tape of messages that were recorded before: sealed at once, with their sessions, clocks and times.
///
/// The file gets its name when it is complete; until then it stands beside it under another one.
final class TapeCopier {
    /// The tape's name when it is complete.
    let path: String
    var report = CopyReport()

    private let temporary: String
    private var lock: RecordingLock?
    private(set) var tape: TapeConnection?
    var sealer: BlockSealer
    private let compressor: BatchCompressor
    var block = MessageBlock(firstSequence: 1)
    var tally = ActivityTally()
    private var sessions: [Int64: Session] = [:]
    var clocks: [ClockKey: Int64] = [:]
    /// By how much sessions that were taken over have changed.
    var changes: [Int64: (bytes: Int64, redactions: Int64)] = [:]
    private var isNamed = false
    private let segment: SegmentLimits

    struct ClockKey: Hashable {
        var session: Int64
        var offset: Int64
    }

    /// Begins a tape, mode 0600.
    ///
    /// - Throws: ``TapeError`` when there is something of that name already, or it cannot be made.
    init(path: String, segment: SegmentLimits = .full) throws(TapeError) {
        self.path = path
        self.segment = segment
        guard try TapeFile.examine(path) == .missing else {
            throw .system(
                path: path, action: "make", reason: "it is there already; choose another name or remove it first")
        }
        temporary = path + "." + String(UInt32.random(in: .min ... .max), radix: 36) + ".part"
        do {
            try TapeFile.create(temporary)
        } catch .system(_, let action, let reason) {
            throw .system(path: path, action: action, reason: reason)
        } catch .notWritable {
            throw .notWritable(path: path)
        } catch {
            throw error
        }
        do {
            lock = try RecordingLock(temporary)
            let connection = TapeConnection(try TapeFile.openForWriting(temporary))
            tape = connection
            compressor = try BatchCompressor()
            sealer = try BlockSealer(dictionary: TapeDictionary())
            // Should the machine stop, the unfinished file is worth nothing anyway.
            try connection.database.execute("PRAGMA synchronous = NORMAL")
            _ = try connection.database.tapeID()
        } catch {
            for suffix in ["", "-wal", "-shm"] { unlink(temporary + suffix) }
            throw Self.tapeError(error, path)
        }
    }

    deinit {
        guard !isNamed else { return }
        tape = nil
        for suffix in ["", "-wal", "-shm"] { unlink(temporary + suffix) }
    }

    /// The number that the next message gets.
    var nextSequence: Int64 { report.messages + 1 }

    /// Adds a session with its clocks.
    ///
    /// - Returns: its number on this tape.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    func add(_ session: Session, clocks rows: [ClockRow]) throws(TapeError) -> Int64 {
        var session = session
        var numbers: [ClockKey: Int64] = [:]
        try write { (database: borrowing Connection) throws(SQLiteError) in
            session.id = try database.insert(session)
            try database.update(session)
            for row in rows {
                // Of clocks with the same offset the first stands for all: times come out the same.
                let key = ClockKey(session: session.id, offset: row.offset)
                let number = try database.insert(row, session: session.id)
                if numbers[key] == nil { numbers[key] = number }
            }
        }
        clocks.merge(numbers) { known, _ in known }
        sessions[session.id] = session
        report.sessions += 1
        return session.id
    }

    /// Adds a row to the loss ledger, under the session that it names.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    func add(_ gap: Gap) throws(TapeError) {
        try write { (database: borrowing Connection) throws(SQLiteError) in _ = try database.insert(gap) }
        report.gaps += 1
    }

    /// Adds marks as they are.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    func add(_ marks: [TapeMark]) throws(TapeError) {
        try write { (database: borrowing Connection) throws(SQLiteError) in
            for mark in marks { try database.insert(mark) }
        }
    }

    /// Adds a message; its arrival and its monotonic time stay as they are.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - session: its session on this tape.
    ///   - original: the number, on this tape, of the message that it is a redelivery of.
    /// - Returns: its number.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    @discardableResult
    func append(
        _ message: consuming RecordedMessage, session: Int64, duplicateOf original: Int64?
    ) throws(TapeError) -> Int64 {
        if message.duplicateOf != nil, original == nil { report.lostReferences += 1 }
        message.sequence = nextSequence
        message.session = session
        message.duplicateOf = original
        let clock = try clock(of: session, offset: message.arrival.nanoseconds &- message.monotonic)
        let size = Int64(message.size)
        if block.count > 0, Int64(block.bytes.count) &+ size > segment.bytes { try flush() }
        block.append(message, clock: clock)
        tally.count(message)
        count(message, size)
        if block.count >= Int(segment.messages) { try flush() }
        return message.sequence
    }

    private func count(_ message: borrowing RecordedMessage, _ size: Int64) {
        report.messages += 1
        report.bytes += size
        let isDuplicate = message.duplicateOf != nil
        let redactions = Int64(message.redactions)
        sessions[message.session]?.messages += 1
        sessions[message.session]?.bytes += size
        sessions[message.session]?.redactions += redactions
        if isDuplicate { sessions[message.session]?.duplicates += 1 }
    }

    /// Ends the tape and gives the file its name.
    ///
    /// - Throws: ``TapeError`` when it cannot be written, or something of that name was made meanwhile.
    func finish() throws(TapeError) -> CopyReport {
        try flush()
        let path = path
        let sessions = sessions.values.sorted { $0.id < $1.id }
        try TapeError.wrapping { () throws(SQLiteError) in
            try tape?.database.execute("PRAGMA synchronous = FULL")
        }
        try write { (database: borrowing Connection) throws(SQLiteError) in
            for session in sessions { try database.update(session) }
        }
        try TapeError.wrapping { () throws(SQLiteError) in
            _ = try tape?.database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
            let pages = try tape?.database.integer("SELECT page_count FROM pragma_page_count()") ?? 0
            report.fileSize = pages &* (try tape?.database.integer("PRAGMA page_size") ?? 0)
        }
        // The last connection takes the write-ahead log away, which belongs to the file's old name.
        tape = nil
        try name(path)
        lock = nil
        return report
    }

    /// Unlike rename(2), link(2) never replaces what somebody else made meanwhile; not every file system has it.
    private func name(_ path: String) throws(TapeError) {
        if link(temporary, path) == 0 {
            unlink(temporary)
        } else {
            let code = errno
            guard code != EEXIST, try TapeFile.examine(path) == .missing, rename(temporary, path) == 0 else {
                throw .system(path: path, action: "make", reason: String(cString: strerror(code)))
            }
        }
        isNamed = true
    }

    // MARK: Writing

    func clock(of session: Int64, offset: Int64) throws(TapeError) -> Int64 {
        let key = ClockKey(session: session, offset: offset)
        if let known = clocks[key] { return known }
        // Only where the source has lost the row: its messages keep their times all the same.
        var number: Int64 = 0
        let row = ClockRow(cause: "start", monotonic: 0, offset: offset)
        try write { (database: borrowing Connection) throws(SQLiteError) in
            number = try database.insert(row, session: session)
        }
        clocks[key] = number
        return number
    }

    func flush() throws(TapeError) {
        guard block.count > 0 else { return }
        let sealed: BlockSealer.Sealed?
        do { sealed = try sealer.seal(block) } catch { sealed = nil }
        let (sealer, block, tally, compressor) = (sealer, block, tally, compressor)
        try write { (database: borrowing Connection) throws(SQLiteError) in
            if let sealed {
                try database.insertAdditions(of: sealer.dictionary)
                try database.insert(sealed, of: block)
                try database.setClocks(of: block)
            } else {
                // What cannot be sealed stays readable as a journal.
                try database.insertJournal(block, compressor)
            }
            try database.add(tally)
        }
        if sealed != nil { self.sealer.dictionary.markStored() }
        self.tally.removeAll()
        self.block = MessageBlock(firstSequence: nextSequence)
    }

    func write(
        _ body: (borrowing Connection) throws(SQLiteError) -> Void
    ) throws(TapeError) {
        guard let tape else { return }
        do {
            try tape.database.transaction { () throws(SQLiteError) in try body(tape.database) }
        } catch {
            throw Self.tapeError(error, path)
        }
    }

    private static func tapeError(_ error: any Error, _ path: String) -> TapeError {
        switch error {
        case let error as TapeError: error
        case let error as SQLiteError where error.isFull: .diskFull(path: path)
        case let error as SQLiteError: TapeError.from(error)
        default: .system(path: path, action: "compress", reason: "\(error)")
        }
    }
}
