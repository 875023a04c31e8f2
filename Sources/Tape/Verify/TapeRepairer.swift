public import DeviceProtocol
import SQLite

/// Saves what can be read of a damaged tape to a new one; the damaged tape stays as it is.
public struct TapeRepairer {
    /// A stretch of messages of which some, or all, are lost.
    public struct Loss: Sendable, Hashable {
        /// The first and the last number of the stretch on the damaged tape; the last is nil where the end is not known.
        public var firstSequence: Int64
        /// The last number.
        public var lastSequence: Int64?
        /// How many of them are lost; nil where it is not known.
        public var messages: Int64?
        /// Wall time from which messages are missing, as far as it can be told.
        public var from: Timestamp?
        /// Wall time until which messages are missing, as far as it can be told.
        public var until: Timestamp?
        /// Why they cannot be read.
        public var reason: String
    }

    /// What a repair did.
    public struct Report: Sendable {
        /// What stands on the new tape.
        public var copy = CopyReport()
        /// Stretches with losses.
        public var losses = 0
        /// Messages that are known to be lost.
        public var lostMessages: Int64 = 0
        /// Stretches of which it is not known how many messages they had; they are not in ``lostMessages``.
        public var unknownLosses = 0
        /// Tables of the catalogue that could not be read, for a person.
        public var lostFacts: [String] = []
        /// Whether anything was lost at all.
        public var isComplete: Bool { losses == 0 && lostFacts.isEmpty }
    }

    private let source: TapeVerifier
    private let copier: TapeCopier
    private let origin: String?
    private var report = Report()
    private var sessions: [Int64: Int64] = [:]
    private var all: [Session] = []
    private var clocks: [Int64: [ClockRow]] = [:]
    private var copied = CopiedSequences()
    private var lastArrival: Timestamp?
    private var lastSession: Int64?
    /// Losses whose end is not known before the next message is read.
    private var pending: [Loss] = []
    /// Why the rows before the next part cannot be read, where there are such.
    private var unread: String?
    /// The new tape's ledger.
    private var gaps: [Gap] = []
    private var hear: (Loss) -> Void

    /// Begins to save a tape.
    ///
    /// - Parameters:
    ///   - path: the damaged tape.
    ///   - output: the new tape, which must not be there yet.
    ///   - hear: hears of each loss.
    /// - Throws: ``TapeError`` when nothing can be read, or the new tape cannot be made.
    public init(path: String, to output: String, _ hear: @escaping (Loss) -> Void) throws(TapeError) {
        source = try TapeVerifier(path: path)
        copier = try TapeCopier(path: output)
        self.hear = hear
        source.readClocks()
        origin = try? source.tape.database.text("SELECT value FROM tape WHERE key = 'id'")
    }

    /// Writes everything that can be read.
    ///
    /// - Parameter host: hears how it goes.
    /// - Returns: what was saved and lost; nil when it was stopped. Where nothing could be saved no tape is made.
    /// - Throws: ``TapeError`` when the new tape cannot be written.
    public mutating func write(host: CopyHost = CopyHost()) throws(TapeError) -> Report? {
        try addSessions()
        var parts: PartWalker
        do {
            parts = try PartWalker(source.tape.database, hasSegments: source.hasSegments)
        } catch {
            throw TapeError.from(error)
        }
        let last = (try? source.tape.database.integer(TapeWriter.lastSequenceSQL)) ?? nil
        var expected = source.lastDeleted &+ 1
        while let (table, step) = parts.next() {
            if host.isStopping() { return nil }
            host.progress(copier.report.messages, last.map { Double(expected) / Double(max(1, $0)) })
            switch step {
            case .unreadable(_, _, let reason):
                // How many messages that are is known when the next row says its number.
                unread = "rows of table \(table) cannot be read: \(reason)"
            case .part(let first, let stated):
                // Of a row that claims too much only its first number is believed; the next row says what is missing.
                let count = PartWalker.counts.contains(stated) ? stated : 1
                let (next, overflow) = first.addingReportingOverflow(count)
                guard first > 0, !overflow else { continue }
                guard next > expected else {
                    report.lostFacts.append(Self.again(first, table))
                    continue
                }
                if first > expected { lose(expected, first &- 1, unread ?? "they are missing") }
                unread = nil
                try save(first, count, table, from: expected)
                expected = next
            }
        }
        loseEnd(expected)
        settle(until: nil)
        guard copier.report.messages > 0 else { return report }
        try addGaps()
        report.copy = try copier.finish()
        return report
    }

    /// Behind the last row that can be read only the catalogue says whether there was more.
    private mutating func loseEnd(_ expected: Int64) {
        let last = statedLast()
        if let last, last >= expected {
            lose(expected, last, unread ?? "they are missing")
        } else if last == nil, let unread {
            lose(expected, nil, unread)
        }
    }

    /// The number of the tape's last message by what sessions, or else the activity, count.
    private func statedLast() -> Int64? {
        // Numbers are dense over all sessions, and what retention deletes still counts in its session.
        if let last = (try? source.tape.database.integer("SELECT sum(messages) FROM session")) ?? nil { return last }
        let held = (try? source.tape.database.integer("SELECT sum(messages) FROM activity")) ?? nil
        return held.map { source.lastDeleted &+ $0 }
    }

    private static func again(_ first: Int64, _ table: PartWalker.Table) -> String {
        "a row of table \(table) with seq \(first), whose numbers other messages have already"
    }

    // MARK: Catalogue

    private mutating func addSessions() throws(TapeError) {
        do {
            all = try source.tape.database.sessions()
        } catch {
            report.lostFacts.append("sessions: \(error.message)")
        }
        do {
            var rows = try source.tape.database.prepare(
                "SELECT session, cause, monotonic, offset FROM clock ORDER BY id")
            while try rows.step() {
                clocks[rows.integer(0), default: []].append(
                    ClockRow(cause: rows.text(1), monotonic: rows.integer(2), offset: rows.integer(3)))
            }
        } catch {
            report.lostFacts.append("clocks: \(error.message)")
        }
        for session in all { _ = try number(of: session.id) }
    }

    private mutating func number(of session: Int64) throws(TapeError) -> Int64 {
        if let known = sessions[session] { return known }
        let found = all.first { $0.id == session } ?? .lost(session)
        let number = try copier.add(
            found.copied(from: origin, window: .min ..< .max, isBeingRecorded: false), clocks: clocks[session] ?? [])
        sessions[session] = number
        return number
    }

    private mutating func addGaps() throws(TapeError) {
        do {
            var rows = try source.tape.database.prepare(
                "SELECT session, cause, began_at, ended_at, missing, detail FROM gap ORDER BY began_at, id")
            while try rows.step() {
                gaps.append(
                    Gap(
                        id: 0, session: sessions[rows.integer(0)] ?? sessions.values.min() ?? 1, cause: rows.text(1),
                        beganAt: Timestamp(nanoseconds: rows.integer(2)),
                        endedAt: rows.optionalInteger(3).map(Timestamp.init(nanoseconds:)),
                        missing: rows.optionalInteger(4), detail: rows.optionalText(5)))
            }
        } catch {
            report.lostFacts.append("loss ledger: \(error.message)")
        }
        for gap in gaps.sorted(by: { $0.beganAt < $1.beganAt }) { try copier.add(gap) }
    }

    // MARK: Messages

    private mutating func save(
        _ first: Int64, _ count: Int64, _ table: PartWalker.Table, from expected: Int64
    ) throws(TapeError) {
        let saved = table == .journal ? batch(first) : segment(first)
        let kept = saved.messages.filter { $0.sequence == 0 || $0.sequence >= expected }
        let begin = max(first, expected)
        var loss = Loss(
            firstSequence: begin, lastSequence: first &+ count &- 1,
            messages: first &+ count &- begin &- Int64(kept.count),
            reason: saved.reason ?? "")
        guard saved.reason != nil, loss.messages != 0 else { return try copy(kept) }
        if let facts = facts(of: first, table) {
            (loss.from, loss.until) = (facts.from, facts.until)
            if let session = facts.session { lastSession = try number(of: session) }
        }
        // A batch is read from its beginning on, so that what was read tells where the loss begins.
        if table == .journal, let last = kept.last {
            loss.firstSequence = begin &+ Int64(kept.count)
            loss.from = last.arrival
        }
        settle(until: loss.from)
        pending.append(loss)
        if loss.until != nil { settle(until: nil) }
        try copy(kept)
    }

    private mutating func copy(_ messages: [RecordedMessage]) throws(TapeError) {
        for message in messages {
            settle(until: message.arrival)
            let session = try number(of: message.session)
            let (old, original) = (message.sequence, message.duplicateOf)
            lastArrival = message.arrival
            lastSession = session
            let new = try copier.append(message, session: session, duplicateOf: original.flatMap { copied[$0] })
            if let original, original > 0, copied[original] == nil { copied.adopt(original, as: new) }
            if old > 0 { copied.insert(old, as: new) }
        }
    }

    private func batch(_ first: Int64) -> (messages: [RecordedMessage], reason: String?) {
        var messages: [RecordedMessage] = []
        do {
            var row = try source.tape.database.prepare(
                "SELECT first_seq, count, session, first_arrival, size, body, ?2, clock FROM journal WHERE first_seq = ?1"
            )
            try row.bind(1, first)
            guard try row.step() else { return ([], "it is not there") }
            let offset = source.clocks[row.integer(7)]?.offset ?? 0
            row.reset()
            try row.bind(2, offset)
            guard try row.step() else { return ([], "it is not there") }
            var reader = JournalBatch.FrameReader(try JournalBatch(row: row, decompressor: source.decompressor))
            while let message = try reader.next() { messages.append(message) }
            return (messages, nil)
        } catch {
            return (messages, TapeVerifier.reason(error))
        }
    }

    private func segment(_ first: Int64) -> (messages: [RecordedMessage], reason: String?) {
        guard let dictionary = source.dictionary else { return ([], "it is not there") }
        do {
            let segment = try source.tape.database.segment(
                first, dictionary: dictionary, decompressor: source.decompressor)
            let salvage = try SegmentSalvage(segment, first: first, clocks: source.clocks)
            return (salvage.messages, salvage.reason)
        } catch {
            return ([], TapeVerifier.reason(error))
        }
    }

    /// Times and session of a part as its row has them.
    private func facts(
        of first: Int64, _ table: PartWalker.Table
    ) -> (from: Timestamp, until: Timestamp, session: Int64?)? {
        let origin = table == .journal ? "session" : "first_clock"
        let sql = "SELECT first_arrival, last_arrival, \(origin) FROM \(table) WHERE first_seq = \(first)"
        guard var row = try? source.tape.database.prepare(sql), (try? row.step()) == true else { return nil }
        let session = table == .journal ? row.integer(2) : source.clocks[row.integer(2)]?.session
        return (Timestamp(nanoseconds: row.integer(0)), Timestamp(nanoseconds: row.integer(1)), session)
    }

    // MARK: Losses

    /// Notes that nothing can be read of a stretch, whose times are those around it.
    private mutating func lose(_ first: Int64, _ last: Int64?, _ reason: String) {
        pending.append(
            Loss(
                firstSequence: first, lastSequence: last, messages: last.map { $0 &- first &+ 1 }, from: lastArrival,
                until: nil, reason: reason))
    }

    /// Enters losses in the ledger now that it is known what came after them.
    private mutating func settle(until next: Timestamp?) {
        for var loss in pending {
            loss.until = loss.until ?? next
            report.losses += 1
            report.lostMessages += loss.messages ?? 0
            if loss.messages == nil { report.unknownLosses += 1 }
            hear(loss)
            let numbers =
                loss.lastSequence.map { "seq \(loss.firstSequence) to \($0)" } ?? "from seq \(loss.firstSequence) on"
            let from = loss.from ?? loss.until ?? Timestamp(nanoseconds: 0)
            gaps.append(
                Gap(
                    session: lastSession ?? sessions.values.min() ?? 1, cause: .damaged, beganAt: from,
                    endedAt: max(from, loss.until ?? all.last.map { $0.endedAt ?? $0.aliveAt } ?? from),
                    missing: loss.messages, detail: "\(numbers) of the damaged tape: \(loss.reason)"))
        }
        pending.removeAll()
    }
}

extension Connection {
    /// The single text that a query answers.
    fileprivate func text(_ sql: String) throws(SQLiteError) -> String? {
        var row = try prepare(sql)
        return try row.step() ? row.text(0) : nil
    }
}
