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
        var reader = CommandReader(selection, readsTexts: true)
        try reader.read(tape)
        let until = min(end, selection.until ?? end)
        var rows: [CommandRow] = []
        reader.tracker.forEachSelected(of: DeviceSelection(selection.devices)) { life in
            if isWanted(life) { rows.append(reader.tracker.row(life, until: until)) }
        }
        return CommandsAnswer(
            rows: rows, unreadable: reader.unreadable, duplicates: reader.duplicates, damages: reader.damages)
    }

    /// Reads the tape and sums up the commands by name.
    ///
    /// - Parameter tape: the tape.
    /// - Returns: a row for each name, and what was left out.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func summary(_ tape: TapeReader) throws(TapeError) -> CommandsSummary {
        var reader = CommandReader(selection, readsTexts: false)
        try reader.read(tape)
        var tally = CommandTally()
        reader.tracker.forEachSelected(of: DeviceSelection(selection.devices)) { life in
            if isWanted(life) { tally.add(life) }
        }
        return CommandsSummary(
            rows: tally.rows, unreadable: reader.unreadable, duplicates: reader.duplicates, damages: reader.damages)
    }

    private func isWanted(_ row: borrowing CommandLife) -> Bool {
        if !states.isEmpty, !states.contains(row.state) { return false }
        if !names.isEmpty {
            guard let name = row.name, names.contains(where: { $0.matches(name) }) else { return false }
        }
        if !ids.isEmpty {
            guard let id = row.id?.text, ids.contains(where: { $0.utf8.elementsEqual(id.utf8) }) else { return false }
        }
        return true
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
