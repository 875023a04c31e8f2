import DeviceProtocol

/// Sessions and ledger of several tapes on one, in order of time.
///
/// What copies of one tape have in common is kept once: a session of the same number, source, client and start.
struct MergedCatalogue {
    /// For each tape a number; tapes of one identifier have the same.
    let groups: [Int]

    private struct Entry {
        var tape: Int
        var session: Session
        var clocks: [ClockRow]
        /// The same session on other copies of the tape.
        var twins: [Int] = []
    }

    private struct Place: Hashable {
        var tape: Int
        var session: Int64
    }

    private struct GapKey: Hashable {
        var session: Int64
        var cause: String
        var beganAt: Timestamp
    }

    private var entries: [Entry] = []
    private var gaps: [(tape: Int, gap: Gap)] = []
    private var numbers: [Place: Int64] = [:]

    init(_ tapes: [TapeReader]) throws(TapeError) {
        var origins: [TapeOrigin] = []
        var groups: [Int] = []
        for (index, tape) in tapes.enumerated() {
            let origin = try TapeOrigin(path: tape.path)
            let twin = origin.id.flatMap { id in origins.firstIndex { $0.id == id } }
            groups.append(twin.map { groups[$0] } ?? index)
            origins.append(origin)
        }
        self.groups = groups
        for (index, tape) in tapes.enumerated() {
            for session in try tape.sessions() {
                add(session, index, origins[index], isGrowing: tape.isBeingRecorded)
            }
            gaps += try tape.gaps().map { (index, $0) }
        }
        entries.sort { ($0.session.startedAt, $0.tape) < ($1.session.startedAt, $1.tape) }
        gaps.sort { ($0.gap.beganAt, $0.tape) < ($1.gap.beganAt, $1.tape) }
    }

    private mutating func add(_ session: Session, _ tape: Int, _ origin: TapeOrigin, isGrowing: Bool) {
        let clocks = origin.clocks[session.id] ?? []
        var copy = session.copied(from: origin.id, window: .min ..< .max, isBeingRecorded: isGrowing)
        // Kept for looking it up; the copier gives it its own.
        copy.id = session.id
        let twin = entries.firstIndex { entry in
            groups[entry.tape] == groups[tape] && entry.tape != tape && entry.session.id == copy.id
                && entry.session.source == copy.source && entry.session.clientID == copy.clientID
                && entry.session.startedAt == copy.startedAt
        }
        guard let twin else { return entries.append(Entry(tape: tape, session: copy, clocks: clocks)) }
        entries[twin].twins.append(tape)
        // The copy that was made later knows more.
        if copy.aliveAt > entries[twin].session.aliveAt { entries[twin].session = copy }
        if clocks.count > entries[twin].clocks.count { entries[twin].clocks = clocks }
    }

    mutating func addSessions(to copier: TapeCopier) throws(TapeError) {
        for entry in entries {
            let number = try copier.add(entry.session, clocks: entry.clocks)
            for tape in [entry.tape] + entry.twins { numbers[Place(tape: tape, session: entry.session.id)] = number }
        }
    }

    /// The number of a tape's session on the new tape.
    mutating func number(of session: Int64, onTape tape: Int, in copier: TapeCopier) throws(TapeError) -> Int64 {
        let place = Place(tape: tape, session: session)
        if let known = numbers[place] { return known }
        let number = try copier.add(.lost(session), clocks: [])
        numbers[place] = number
        return number
    }

    /// Adds the ledgers, each row under its session; copies of one tape have most rows in common.
    func addGaps(to copier: TapeCopier) throws(TapeError) {
        var kept: [Gap] = []
        var places: [GapKey: Int] = [:]
        for (tape, gap) in gaps {
            var gap = gap
            gap.session = numbers[Place(tape: tape, session: gap.session)] ?? firstSession(ofTape: tape)
            let key = GapKey(session: gap.session, cause: gap.cause, beganAt: gap.beganAt)
            if let known = places[key] {
                if kept[known].endedAt == nil { kept[known] = gap }
            } else {
                places[key] = kept.count
                kept.append(gap)
            }
        }
        for gap in kept { try copier.add(gap) }
        for pause in pauses where !kept.contains(where: { $0.covers(pause) }) { try copier.add(pause) }
    }

    /// The times between the sessions in which none of the tapes was recorded: what nobody of them knows of.
    private var pauses: [Gap] {
        var pauses: [Gap] = []
        var last: (end: Timestamp, session: Int64)?
        for entry in entries where !entry.session.isSnapshot {
            let (begin, end) = (entry.session.startedAt, entry.session.endedAt ?? entry.session.aliveAt)
            if let last, begin > last.end {
                pauses.append(
                    Gap(
                        session: last.session, cause: .stopped, beganAt: last.end, endedAt: begin,
                        detail: "none of the merged tapes was being recorded"))
            }
            if end >= last?.end ?? end {
                last = (end, numbers[Place(tape: entry.tape, session: entry.session.id)] ?? 1)
            }
        }
        return pauses
    }

    private func firstSession(ofTape tape: Int) -> Int64 {
        numbers.filter { $0.key.tape == tape }.map(\.value).min() ?? 1
    }
}

extension Gap {
    /// Whether another row's time lies in this one's.
    fileprivate func covers(_ other: Gap) -> Bool {
        beganAt <= other.beganAt && (endedAt?.nanoseconds ?? .max) >= (other.endedAt?.nanoseconds ?? .max)
    }
}
