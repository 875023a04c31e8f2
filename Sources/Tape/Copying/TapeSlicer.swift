public import DeviceProtocol

/// Makes a smaller tape of a part of one.
public struct TapeSlicer {
    /// The source of the session that holds the messages from before the window.
    public static let stateSource = "slice-state"

    private let tape: TapeReader
    private let selection: Selection
    private let recorder: String
    private let tags: [(String, String?)]
    private let segment: SegmentLimits

    /// Slices an open tape.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - selection: what of it; devices, topics and kinds do not filter the loss ledger.
    ///   - recorder: program name and version, for the session of the state.
    ///   - tags: what is added to the tags of all sessions.
    ///   - segment: how large the segments of the new tape become.
    public init(
        _ tape: TapeReader, _ selection: Selection, recorder: String, tags: [(String, String?)] = [],
        segment: SegmentLimits = .full
    ) {
        self.tape = tape
        self.selection = selection
        self.recorder = recorder
        self.tags = tags
        self.segment = segment
    }

    /// Writes the slice.
    ///
    /// The messages of `state` come first, in a session of their own whose source is ``stateSource``; then the selected
    /// messages with their sessions, clocks and times, and the rows of the loss ledger that touch the window.
    ///
    /// - Parameters:
    ///   - path: the new tape, which must not be there yet.
    ///   - state: messages from before the window, in order.
    ///   - start: the beginning of the window, for the ledger: between the state and it messages are left out.
    ///   - host: hears how it goes.
    /// - Returns: what was written; nil when it was stopped. Without a single message no tape is made.
    /// - Throws: ``TapeError`` when the tape cannot be read or the new one not be written.
    public func write(
        to path: String, state: [RecordedMessage] = [], start: Timestamp? = nil, host: CopyHost = CopyHost()
    ) throws(TapeError) -> CopyReport? {
        let copier = try TapeCopier(path: path, segment: segment)
        let origin = try TapeOrigin(path: tape.path)
        var copied = CopiedSequences()
        try write(state, start, origin, to: copier, &copied)
        var sessions = try SliceSessions(tape, selection, origin, tags)
        try sessions.addKept(to: copier)
        let cursor = try tape.messages(selection)
        let total = Double(max(1, try tape.summary().messages))
        let isWhole = selection.since == nil && selection.until == nil
        while let message = try cursor.next() {
            let session = try sessions.number(of: message.session, in: copier)
            let (old, original) = (message.sequence, message.duplicateOf)
            let new = try copier.append(message, session: session, duplicateOf: original.flatMap { copied[$0] })
            if let original, copied[original] == nil { copied.adopt(original, as: new) }
            copied.insert(old, as: new)
            guard new.isMultiple(of: CopyHost.stride) else { continue }
            if host.isStopping() { return nil }
            host.progress(new, isWhole ? Double(old) / total : nil)
        }
        guard copier.report.messages > 0 else { return CopyReport() }
        let window = selection.window
        try copier.add(try tape.marks().filter { window.contains($0.at.nanoseconds) })
        try sessions.addGaps(to: copier)
        var report = try copier.finish()
        report.damages = cursor.damages
        return report
    }

    private func write(
        _ state: [RecordedMessage], _ start: Timestamp?, _ origin: TapeOrigin, to copier: TapeCopier,
        _ copied: inout CopiedSequences
    ) throws(TapeError) {
        guard let oldest = state.map(\.arrival).min(), let latest = state.map(\.arrival).max() else { return }
        var session = Session(
            source: Self.stateSource, broker: nil, clientID: nil,
            tags: Session.tags("{}", [("source_tape", origin.id)] + tags), recorder: recorder, startedAt: oldest)
        session.aliveAt = latest
        session.endedAt = latest
        session.endReason = "sliced"
        // The messages come from several sessions, so that wall time is the only clock that they share.
        let number = try copier.add(
            session, clocks: [ClockRow(cause: "start", monotonic: oldest.nanoseconds, offset: 0)])
        for message in state {
            var message = message
            message.monotonic = message.arrival.nanoseconds
            copied.insert(
                message.sequence,
                as: try copier.append(
                    message, session: number, duplicateOf: message.duplicateOf.flatMap { copied[$0] }))
        }
        try copier.add(
            Gap(
                session: number, cause: .sliced, beganAt: oldest, endedAt: start,
                detail: "of the time before the window only the state was kept"))
    }
}

/// The sessions of a slice, by their numbers on the tape.
private struct SliceSessions {
    private let all: [Session]
    private let gaps: [Gap]
    private let origin: TapeOrigin
    private let selection: Selection
    private let tags: [(String, String?)]
    private let isGrowing: Bool
    private var numbers: [Int64: Int64] = [:]
    private var first: Int64?

    init(
        _ tape: TapeReader, _ selection: Selection, _ origin: TapeOrigin, _ tags: [(String, String?)]
    ) throws(TapeError) {
        self.tags = tags
        self.selection = selection
        self.origin = origin
        all = try tape.sessions()
        isGrowing = tape.isBeingRecorded
        gaps = try tape.gaps(since: selection.since, until: selection.until).filter { gap in
            selection.sessions.isEmpty || selection.sessions.contains(gap.session)
        }
    }

    /// Adds the selected sessions that touch the window, also those without a message: that nothing came is a fact too.
    mutating func addKept(to copier: TapeCopier) throws(TapeError) {
        for session in all where selection.sessions.isEmpty || selection.sessions.contains(session.id) {
            if session.touches(selection.window) { _ = try number(of: session.id, in: copier) }
        }
    }

    /// The number of a session on the new tape; it is added where it is not there yet.
    mutating func number(of session: Int64, in copier: TapeCopier) throws(TapeError) -> Int64 {
        if let known = numbers[session] { return known }
        let found = all.first { $0.id == session } ?? .lost(session)
        var copy = found.copied(from: origin.id, window: selection.window, isBeingRecorded: isGrowing)
        copy.tags = Session.tags(copy.tags, tags)
        let number = try copier.add(
            copy,
            clocks: origin.clocks[session] ?? [])
        numbers[session] = number
        first = first ?? number
        return number
    }

    /// Adds the rows of the loss ledger; one of a session that was left out goes to the first that was not.
    func addGaps(to copier: TapeCopier) throws(TapeError) {
        for gap in gaps {
            var gap = gap
            gap.session = numbers[gap.session] ?? first ?? 1
            try copier.add(gap)
        }
    }
}

extension Session {
    /// Stands for a session whose row cannot be found.
    static func lost(_ id: Int64) -> Session {
        var session = Session(
            source: "unknown", broker: nil, clientID: nil, recorder: "unknown", startedAt: Timestamp(nanoseconds: 0))
        session.id = id
        session.endedAt = session.startedAt
        return session
    }
}
