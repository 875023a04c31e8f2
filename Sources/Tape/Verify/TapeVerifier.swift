import DeviceProtocol
import SQLite

/// Reads everything that stands on a tape and says what is wrong with it; changes nothing.
///
/// All of it belongs to one consistent view, so a tape may be recorded meanwhile. One batch or segment is in memory at a
/// time. It belongs to one thread.
public final class TapeVerifier {
    /// The tape file.
    public let path: String

    let tape: TapeConnection
    let decompressor: BatchDecompressor
    private(set) var hasSegments = false
    private(set) var dictionary: StoredDictionary?
    /// Session and offset of each clock, as far as they can be read.
    private(set) var clocks: [Int64: (session: Int64, offset: Int64)] = [:]
    /// The last message that retention has deleted, or 0.
    private(set) var lastDeleted: Int64 = 0

    private var host = CopyHost()
    private var hear: (TapeFault) -> Void = { _ in }
    var report = VerifyReport()
    var tally = VerifyTally()
    /// The part that is being checked; its memory serves the next one.
    var block = MessageBlock(firstSequence: 0)

    /// Opens a tape.
    ///
    /// - Throws: ``TapeError`` when there is no such file, it is no tape, it is of a newer format, or nothing of it can be
    ///   read.
    public init(path: String) throws(TapeError) {
        self.path = path
        let connection = TapeConnection(try TapeFile.openForReading(path))
        tape = connection
        // Otherwise SQLite refuses a file that was cut short altogether (https://www.sqlite.org/pragma.html
        // #pragma_writable_schema); nothing is written, whatever its name says.
        try TapeError.wrapping { () throws(SQLiteError) in
            try connection.database.execute("PRAGMA writable_schema = ON")
        }
        try TapeFile.checkMarks(tape.database)
        do {
            try tape.database.execute("BEGIN DEFERRED")
            // The view begins with the first read, not with BEGIN.
            _ = try tape.database.integer("SELECT count(*) FROM sqlite_schema")
            decompressor = try BatchDecompressor()
            hasSegments = try tape.database.hasSegments()
            if hasSegments { dictionary = try StoredDictionary(tape.database) }
            _ = try PartWalker(tape.database, hasSegments: hasSegments)
        } catch let error as SQLiteError where error.isBusy {
            throw TapeError.from(error)
        } catch let error as SQLiteError {
            // The marks are right, so that it is a tape; without its list of tables nothing on it can be found.
            throw .damaged(path: path, part: "its list of tables, so that nothing can be read", reason: error.message)
        } catch {
            throw .system(path: path, action: "read", reason: "\(error)")
        }
    }

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - host: hears how it goes.
    ///   - hear: hears of every fault at once.
    /// - Returns: what was looked at and found; nil when it was stopped.
    public func verify(host: CopyHost = CopyHost(), _ hear: @escaping (TapeFault) -> Void) -> VerifyReport? {
        self.host = host
        self.hear = hear
        defer {
            self.host = CopyHost()
            self.hear = { _ in }
        }
        report = VerifyReport()
        tally = VerifyTally()
        checkPages()
        readClocks()
        checkDictionary()
        guard checkParts() else { return nil }
        checkCatalogue()
        return report
    }

    func fault(_ fault: TapeFault) {
        report.count(fault)
        hear(fault)
    }

    /// Reads what the messages of all parts refer to, as far as it can be read.
    func readClocks() {
        do {
            clocks = try tape.database.clocks()
        } catch {
            fault(TapeFault(.catalogue, "the clocks cannot be read: \(error.message)"))
        }
        // No number where none was deleted; a row that cannot be read is found by the check of the pages.
        lastDeleted = (try? tape.database.integer("SELECT value FROM tape WHERE key = 'last_deleted_seq'")) ?? 0
    }

    private func checkPages() {
        do {
            report.examined(.pages, try tape.database.integer("SELECT page_count FROM pragma_page_count()") ?? 0)
            var rows = try tape.database.prepare("PRAGMA integrity_check(\(Self.pageFaults))")
            while try rows.step() {
                for line in rows.text(0).split(separator: "\n") where line != "ok" && !line.hasPrefix("*** in ") {
                    fault(TapeFault(.pages, String(line)))
                }
            }
        } catch {
            fault(TapeFault(.pages, error.message))
        }
    }

    /// Faults of pages that SQLite lists at most.
    private static let pageFaults = 100

    // MARK: Parts

    /// Looks at all batches and segments; false when it was stopped.
    private func checkParts() -> Bool {
        var expected = lastDeleted &+ 1
        do {
            let total = Double(max(1, try tape.database.integer(TapeWriter.lastSequenceSQL) ?? 0))
            var parts = try PartWalker(tape.database, hasSegments: hasSegments)
            while let (table, step) = parts.next() {
                if host.isStopping() { return false }
                let check: TapeCheck = table == .journal ? .journal : .segments
                switch step {
                case .unreadable(_, let through, let reason):
                    let end = through == .max ? "" : ", up to seq \(through)"
                    fault(TapeFault(check, "rows of table \(table) cannot be read\(end): \(reason)", from: expected))
                    tally.isIncomplete = true
                case .part(let first, let count):
                    report.examined(check)
                    let next = checkNumbers(first, count, expected, table)
                    if next != nil { table == .journal ? checkBatch(first) : checkSegment(first) }
                    expected = max(expected, next ?? expected)
                    host.progress(report.messages, min(1, Double(expected) / total))
                }
            }
        } catch {
            fault(TapeFault(.numbering, "the batches and segments cannot be listed: \(error.message)"))
        }
        report.examined(.numbering, max(0, expected &- 1 &- lastDeleted))
        return true
    }

    /// The number after the part; nil where it has none that can be.
    private func checkNumbers(_ first: Int64, _ count: Int64, _ expected: Int64, _ table: PartWalker.Table) -> Int64? {
        let (next, overflow) = first.addingReportingOverflow(count)
        guard first > 0, PartWalker.counts.contains(count), !overflow else {
            fault(
                TapeFault(.numbering, "a row of table \(table) holds \(count) messages from seq \(first)", from: first))
            tally.isIncomplete = true
            return nil
        }
        if first > expected {
            let missing = first &- expected
            fault(
                TapeFault(
                    .numbering, "\(missing) message\(missing == 1 ? " is" : "s are") missing", from: expected,
                    through: first &- 1))
            tally.isIncomplete = true
        } else if first < expected {
            fault(
                TapeFault(
                    .numbering, "numbers that are taken already, or were deleted, stand in table \(table) again",
                    from: first, through: min(next, expected) &- 1))
        }
        return next
    }
}
