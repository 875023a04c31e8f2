import DeviceProtocol
import MQTTWire
public import Tape

/// One of the two recordings that are compared: a tape, and what is selected on it.
public struct DiffSide {
    /// The tape.
    public let tape: TapeReader
    /// What is selected on it; redelivered duplicates never are.
    public let selection: Selection

    /// Takes a tape and a selection.
    public init(_ tape: TapeReader, _ selection: Selection) {
        self.tape = tape
        var selection = selection
        selection.includesDuplicates = false
        self.selection = selection
    }
}

/// Reads one side message by message.
final class SideReader {
    /// A message and when it arrived on the run's clock, ns.
    struct Arrival {
        var message: RecordedMessage
        var topic: ComparedTopic
        var time: Int64
        var role: Causes.Role
    }

    /// Messages read so far.
    private(set) var count = 0
    /// Commands that were seen for the first time so far.
    private(set) var conversations = 0
    /// Parts that could not be read so far.
    var damages: [TapeError] { cursor.damages }

    private let cursor: MessageCursor
    private let devices: DeviceMap
    private let direction: Direction?
    private let ignoredKinds: Set<MessageKind>
    private var topics: [DeviceID: ComparedTopic] = [:]
    /// For each session what must be added to its monotonic clock; steps of the wall clock do not matter then.
    private var clocks: [Int64: Int64] = [:]
    private var causes = Causes()
    private static let topicLimit = 65_536

    /// Begins at the beginning of a side; `devices` translates its ids.
    init(_ side: DiffSide, _ settings: DiffSettings, devices: DeviceMap) throws(TapeError) {
        cursor = try side.tape.messages(side.selection)
        self.devices = devices
        direction = settings.direction
        ignoredKinds = settings.rules.ignoredKinds
    }

    /// The next message that is compared; nil at the end.
    func next() throws(TapeError) -> Arrival? {
        while let message = try cursor.next() {
            let topic = topic(message.topic)
            if ignoredKinds.contains(topic.stream.kind) { continue }
            if let direction,
                Direction.of(kind: topic.stream.kind, properties: message.properties).0 != direction
            {
                continue
            }
            let time = time(message)
            count += 1
            let role = causes.role(of: message, topic, at: time)
            if role.beginsConversation { conversations += 1 }
            return Arrival(message: message, topic: topic, time: time, role: role)
        }
        return nil
    }

    private func topic(_ name: String) -> ComparedTopic {
        let key = DeviceID(name)
        if let known = topics[key] { return known }
        if topics.count >= Self.topicLimit { topics.removeAll() }
        let topic = ComparedTopic(DeviceTopic.parse(name), devices)
        topics[key] = topic
        return topic
    }

    private func time(_ message: RecordedMessage) -> Int64 {
        if let clock = clocks[message.session] { return message.monotonic &+ clock }
        let clock = message.arrival.nanoseconds &- message.monotonic
        clocks[message.session] = clock
        return message.arrival.nanoseconds
    }
}
