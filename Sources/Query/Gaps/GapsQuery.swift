public import DeviceProtocol
public import Tape

/// The question for stretches of time without messages: the rows of the loss ledger, and the silences of devices.
///
/// Devices are those of topics; what they send shows that they are there, what the cloud sends them does not. A silence
/// is shown when it touches the window, and told from all of the tape up to its end.
public struct GapsQuery: Sendable {
    /// Which messages; its kinds do not matter.
    public var selection: Selection
    /// Which kinds of rows to show; both by default.
    public var kinds: Set<GapRow.Kind> = Set(GapRow.Kind.allCases)
    /// What counts as a silence.
    public var rule = SilenceRule()
    /// The least length of a ledger row to show, ns.
    public var minimum: Int64 = 0

    /// Asks for all gaps that touch the window.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// Reads the tape.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - end: until when what has no end lasts, unless the window ends before.
    /// - Returns: the gaps by their beginning.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader, lastingUntil end: Timestamp) throws(TapeError) -> LivesAnswer<GapRow> {
        let until = min(end, selection.until ?? end)
        let all = try tape.gaps()
        var rows: [GapRow] = []
        if kinds.contains(.ledger) {
            rows += try tape.gaps(since: selection.since, until: selection.until).filter { gap in
                selection.sessions.isEmpty || selection.sessions.contains(gap.session)
            }.map { row($0, until) }.filter { $0.duration >= minimum }
        }
        var finder = SilenceFinder(rule, all)
        if kinds.contains(.silence) {
            var silences: [SilenceFinder.Silence] = []
            try finder.read(tape, selection) { silences.append($0) }
            silences += finder.lasting(until: until)
            let since = selection.since ?? Timestamp(nanoseconds: .min)
            rows += silences.filter { $0.until ?? until >= since }.map(row)
        }
        rows.sort { left, right in
            if left.from != right.from { return left.from < right.from }
            return (left.device?.text ?? "").utf8.lexicographicallyPrecedes((right.device?.text ?? "").utf8)
        }
        return LivesAnswer(rows: rows, unreadable: 0, duplicates: finder.duplicates, damages: finder.damages)
    }

    private func row(_ gap: Gap, _ end: Timestamp) -> GapRow {
        let until = gap.endedAt ?? max(end, gap.beganAt)
        var row = GapRow(
            kind: .ledger, session: gap.session, cause: gap.cause, from: gap.beganAt, until: gap.endedAt,
            duration: max(0, until.nanoseconds &- gap.beganAt.nanoseconds))
        row.missing = gap.missing
        row.detail = gap.detail.map { "\(gap.summary), \($0)" } ?? gap.summary
        return row
    }

    private func row(_ silence: SilenceFinder.Silence) -> GapRow {
        GapRow(
            kind: .silence, device: silence.device, from: silence.from, until: silence.until,
            duration: silence.duration, expected: silence.expected, unknown: silence.unknown)
    }
}
