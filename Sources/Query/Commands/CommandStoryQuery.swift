public import DeviceProtocol
public import Tape

/// The question for all messages in the lives of some commands.
///
/// Which commands and from where their lives are told: as ``CommandsQuery`` has it. Packets that the broker delivered
/// again are shown too, and change nothing.
public struct CommandStoryQuery: Sendable {
    /// Which messages make a command shown; kinds do not matter.
    public var selection: Selection
    /// Ids of the commands, compared byte by byte.
    public var ids: [String]

    /// Asks for the commands with these ids, on whatever device.
    public init(_ selection: Selection, ids: [String]) {
        self.selection = selection
        self.ids = ids
    }

    /// What was found.
    public struct Answer: Sendable {
        /// The messages, in order of arrival.
        public var events: [CommandEvent] = []
        /// How the lives came out, in order of first sight.
        public var commands: [CommandRow] = []
        /// Ids of other commands that came by, at most 10,000.
        public var otherIDs: Set<String> = []
        /// Parts of the tape that could not be read.
        public var damages: [TapeError] = []
    }

    /// Reads the tape.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - end: until when a command without an end counts as open, unless the window ends before.
    /// - Returns: the messages.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader, openUntil end: Timestamp) throws(TapeError) -> Answer {
        var answer = Answer()
        guard let devices = try devices(tape, &answer) else { return answer }
        var all = Selection()
        all.until = selection.until
        all.kinds = [.command, .commandUpdate]
        all.devices = devices
        all.mayConcernDevices = { $0.mayNameAnyDevice }
        let lastSession = selection.sessions.chosen.max() ?? .max
        var follower = CommandFollower()
        var found: [(command: Int?, event: CommandEvent)] = []
        /// The commands by the messages that were found, for packets that come again.
        var commands: [Int64: Int] = [:]
        let cursor = try tape.messages(all)
        while let message = try cursor.next() {
            guard message.session <= lastSession else { continue }
            let decoded = DecodedMessage.decode(
                topic: message.topic, payload: message.payload, properties: message.properties)
            if let original = message.duplicateOf {
                for event in CommandFollower.duplicates(message, decoded) where commands[original] != nil {
                    found.append((commands[original], event))
                }
                continue
            }
            guard let events = follower.follow(message, decoded, isSelected: selection.matchesBeyondDevice(message))
            else { continue }
            for (command, event) in events where isWanted(event.id) {
                commands[message.sequence] = command
                found.append((command, event))
            }
        }
        answer.damages.note(cursor.damages)
        let query = CommandsQuery(selection)
        let until = try query.end(of: tape, openUntil: end)
        let shown = follower.tracker.selected(of: DeviceSelection(selection.devices)) { isWanted($0.id?.text) }
        answer.commands = shown.map { follower.tracker.row($0, until: until) }
        let numbers = Set(shown)
        answer.events = found.filter { $0.command.map(numbers.contains) ?? false }.map(\.event)
        return answer
    }

    /// The devices that have one of the commands: what others do cannot change their stories.
    ///
    /// - Returns: empty for all devices, because others speak for those; nil where there is no such command.
    private func devices(_ tape: TapeReader, _ answer: inout Answer) throws(TapeError) -> Set<DeviceID>? {
        var slices = CommandSlices(tape, selection, readsTexts: false)
        var devices: Set<DeviceID> = []
        var others: Set<String> = []
        var needsAll = false
        while let reader = try slices.next() {
            answer.damages = reader.damages
            let tracker = reader.tracker
            tracker.forEachSelected(of: DeviceSelection(selection.devices)) { life in
                guard isWanted(life.id?.text) else {
                    if others.count < 10_000, let id = life.id?.text { others.insert(id) }
                    return
                }
                if let device = tracker.device(of: life), !life.hasSpeaker, life.device == life.first.topicDevice {
                    devices.insert(device)
                } else {
                    needsAll = true
                }
            }
        }
        answer.otherIDs = others
        return needsAll ? [] : devices.isEmpty ? nil : devices
    }

    private func isWanted(_ id: String?) -> Bool {
        guard let id else { return false }
        return ids.contains { $0.utf8.elementsEqual(id.utf8) }
    }
}

extension Selection {
    /// Whether a message lies in the window and the sessions, and fits the topic filters.
    func matchesBeyondDevice(_ message: RecordedMessage) -> Bool {
        var wide = self
        wide.devices = []
        wide.kinds = []
        wide.includesDuplicates = true
        return wide.matches(message)
    }
}
