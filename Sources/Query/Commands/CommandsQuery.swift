public import DeviceProtocol
import MQTTWire
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
        var all = Selection()
        all.until = selection.until
        all.kinds = [.command, .commandUpdate]
        var scan = try MessageScan(tape, all, leavesOutDuplicates: true)
        let devices = DeviceSelection(selection.devices)
        let moments = momentSelection
        let lastSession = selection.sessions.max() ?? .max
        var tracker = CommandTracker()
        var unreadable = 0
        while let message = try scan.next() {
            // Sessions follow one another, so what later ones tell lies behind the window.
            guard message.session <= lastSession else { continue }
            let topic = DeviceTopic.parse(message.topic)
            let isSelected = moments.matches(message)
            let isReadable = follow(message, topic, isSelected: isSelected, in: &tracker)
            if !isReadable, isSelected, devices.contains(topic.device) { unreadable += 1 }
        }
        let rows = tracker.rows(of: devices, until: min(end, selection.until ?? end)).filter(isWanted)
        return CommandsAnswer(
            rows: rows, unreadable: unreadable, duplicates: scan.duplicates, damages: scan.damages)
    }

    /// The selection without what is decided by payloads.
    private var momentSelection: Selection {
        var moments = selection
        moments.devices = []
        moments.kinds = []
        moments.includesDuplicates = true
        return moments
    }

    /// Tells the tracker what a message says; false when it could not be read.
    private func follow(
        _ message: RecordedMessage, _ topic: DeviceTopic, isSelected: Bool, in tracker: inout CommandTracker
    ) -> Bool {
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        let correlation = message.properties.correlationData
        let sighting = CommandTracker.Sighting(
            arrival: message.arrival, monotonic: message.monotonic, session: message.session,
            topicDevice: topic.device, isSelected: isSelected)
        switch decoded.message {
        case .commands(let commands):
            // Of several commands in one message the correlation data would name all.
            let own = commands.count == 1 ? correlation : nil
            for command in commands { tracker.deliver(command, correlation: own, sighting) }
        case .commandUpdate(let update):
            tracker.update(update, correlation: correlation, sighting)
        default: return false
        }
        return true
    }

    private func isWanted(_ row: CommandRow) -> Bool {
        if !states.isEmpty, !states.contains(row.state) { return false }
        if !names.isEmpty {
            guard let name = row.name, names.contains(where: { $0.matches(name) }) else { return false }
        }
        if !ids.isEmpty {
            guard let id = row.id, ids.contains(where: { $0.utf8.elementsEqual(id.utf8) }) else { return false }
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
