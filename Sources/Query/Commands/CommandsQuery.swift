public import DeviceProtocol
public import Tape

/// The question for the lives of commands.
///
/// A command is shown when one of its messages is selected: lies in the window, in one of the sessions, fits the topic
/// filters. Its life is told from all of the tape up to the end of the window (and of the last of the sessions), so
/// that one that began before is not taken for a new one.
///
/// Devices are those of the topic and those that the payload names, so that both a child and the device that speaks
/// for it find the child's command. Redeliveries of one and the same packet are left out.
public struct CommandsQuery: Sendable {
    /// Which messages make a command shown; kinds do not matter.
    public var selection: Selection
    /// States to show; empty for all.
    public var states: Set<CommandRow.State> = []
    /// Patterns, one of which the command's name must fit; none for all.
    public var names: [Glob] = []
    /// Ids to show, compared byte by byte; none for all.
    public var ids: [String] = []
    /// Only commands that took longer from the first delivery to the end than this, ns, or that have been open for
    /// longer; nil for all.
    ///
    /// A command that ended without its beginning having been seen has no such time and is not shown.
    public var slowerThan: Int64?
    /// Only commands about which something is odd.
    public var isAnomalousOnly = false

    /// Asks for all commands with a selected message.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// Reads the tape.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - end: until when a command without an end counts as open, unless the window ends before.
    /// - Returns: the commands, and what was left out.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader, openUntil end: Timestamp) throws(TapeError) -> CommandsAnswer {
        var stream = try CommandStream(self, tape, openUntil: end)
        var rows: [CommandRow] = []
        while let row = try stream.next() { rows.append(row) }
        return CommandsAnswer(
            rows: rows, unreadable: stream.unreadable, duplicates: stream.duplicates, damages: stream.damages,
            beganBefore: stream.beganBefore)
    }

    /// Reads the tape command by command, in little memory.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - end: until when a command without an end counts as open, unless the window ends before.
    /// - Returns: what gives the commands one by one.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func stream(_ tape: TapeReader, openUntil end: Timestamp) throws(TapeError) -> CommandStream {
        try CommandStream(self, tape, openUntil: end)
    }

    /// Reads the tape and sums up the commands by name.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - end: until when a command without an end counts as open, unless the window ends before.
    /// - Returns: a row for each name, and what was left out.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func summary(_ tape: TapeReader, openUntil end: Timestamp) throws(TapeError) -> CommandsSummary {
        try summary(tape, openUntil: end, sliceSize: CommandSlices.usualSize)
    }

    func summary(
        _ tape: TapeReader, openUntil end: Timestamp, sliceSize: Int
    ) throws(TapeError) -> CommandsSummary {
        let until = try self.end(of: tape, openUntil: end)
        var tally = CommandTally()
        var summary = CommandsSummary(rows: [], unreadable: 0, duplicates: 0, damages: [])
        var slices = CommandSlices(tape, selection, readsTexts: false, size: sliceSize)
        while let reader = try slices.next() {
            reader.tracker.forEachSelected(of: DeviceSelection(selection.devices)) { life in
                if isWanted(life, until) { tally.add(life) }
            }
            summary.unreadable = reader.unreadable
            summary.duplicates = reader.duplicates
            summary.damages = reader.damages
        }
        summary.rows = tally.rows
        return summary
    }

    /// Until when what has not ended counts as open: the end of the window, and of the last of the sessions.
    func end(of tape: TapeReader, openUntil end: Timestamp) throws(TapeError) -> Timestamp {
        let end = min(end, selection.until ?? end)
        guard !selection.sessions.chosen.isEmpty else { return end }
        let ends = try tape.sessions().filter { selection.sessions.contains($0.id) }.map { TapeInfo.end(of: $0) }
        return min(end, ends.max() ?? end)
    }

    /// Where the window begins, or the first of the sessions; nil where all of the tape was asked for.
    func begin(of tape: TapeReader) throws(TapeError) -> Timestamp? {
        var begins = [selection.since].compactMap(\.self)
        if let first = selection.sessions.chosen.min() {
            begins += try tape.sessions().filter { $0.id == first }.map(\.startedAt)
        }
        return begins.max()
    }

    /// Whether a life is asked for.
    func isWanted(_ row: borrowing CommandLife, _ end: Timestamp) -> Bool {
        if !states.isEmpty, !states.contains(row.state) { return false }
        if !names.isEmpty {
            guard let name = row.name, names.contains(where: { $0.matches(name) }) else { return false }
        }
        if !ids.isEmpty {
            guard let id = row.id?.text, ids.contains(where: { $0.utf8.elementsEqual(id.utf8) }) else { return false }
        }
        if let slowerThan {
            guard let time = row.duration ?? row.openFor(until: end), time > slowerThan else { return false }
        }
        return !isAnomalousOnly || row.isAnomalous
    }
}

/// The lives of commands.
public struct CommandsAnswer: Sendable {
    /// The commands, in order of first sight.
    public var rows: [CommandRow]
    /// Selected messages on command topics that hold neither a command nor an update.
    public var unreadable: Int
    /// Redeliveries of recorded packets that were left out.
    public var duplicates: Int
    /// Parts of the tape that could not be read.
    public var damages: [TapeError]
    /// Commands among the rows that were first seen before the window; their rows tell their lives from there.
    public var beganBefore: Int
}

/// Commands summed up by name.
public struct CommandsSummary: Sendable {
    /// A row for each name, the most frequent first.
    public var rows: [CommandSummaryRow]
    /// Selected messages on command topics that hold neither a command nor an update.
    public var unreadable: Int
    /// Redeliveries of recorded packets that were left out.
    public var duplicates: Int
    /// Parts of the tape that could not be read.
    public var damages: [TapeError]
}
