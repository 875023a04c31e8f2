import DeviceProtocol
public import Tape

/// The messages in the lives of commands, in order of arrival, also of a tape that is being recorded.
///
/// Lives are told from the beginning of the tape; shown is what lies in the window. Packets that came again are left out.
public struct CommandEventStream {
    /// The reading behind it.
    public var scan: MessageScan
    /// Selected messages on command topics that hold neither a command nor an update.
    public private(set) var unreadable = 0

    private let query: CommandsQuery
    private let devices: DeviceSelection
    private var follower = CommandFollower()
    private var pending: ArraySlice<CommandEvent> = []

    /// Begins with the first message about a command.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - query: which commands, and in which state a message must find or leave them.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public init(_ tape: TapeReader, _ query: CommandsQuery) throws(TapeError) {
        self.query = query
        devices = DeviceSelection(query.selection.devices)
        var all = Selection()
        all.until = query.selection.until
        all.kinds = [.command, .commandUpdate]
        scan = try MessageScan(tape, all, leavesOutDuplicates: true)
    }

    /// The next message; nil at the end of what the tape held when its view was taken.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public mutating func next() throws(TapeError) -> CommandEvent? {
        while true {
            if let event = pending.popFirst() { return event }
            guard let message = try scan.next() else { return nil }
            let decoded = DecodedMessage.decode(
                topic: message.topic, payload: message.payload, properties: message.properties)
            let isSelected = query.selection.matchesBeyondDevice(message)
            guard let events = follower.follow(message, decoded, isSelected: isSelected) else {
                if isSelected, devices.contains(decoded.topicDevice) { unreadable += 1 }
                continue
            }
            guard isSelected else { continue }
            pending = events.map(\.event).filter { isWanted($0, decoded.topicDevice) }[...]
        }
    }

    private func isWanted(_ event: CommandEvent, _ receiver: DeviceID?) -> Bool {
        guard devices.contains(event.device) || devices.contains(receiver) else { return false }
        if !query.ids.isEmpty, !query.ids.contains(where: { $0.utf8.elementsEqual((event.id ?? "").utf8) }) {
            return false
        }
        if !query.names.isEmpty, !query.names.contains(where: { $0.matches(event.name ?? "") }) { return false }
        if !query.states.isEmpty, !(event.state.map(query.states.contains) ?? false) { return false }
        return !query.isAnomalousOnly || !event.anomalies.isEmpty
    }
}
