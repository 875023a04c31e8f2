import DeviceProtocol
import MQTTWire
import Tape

/// What a recorded answer of a device belongs to: the n-th command of a name that the device was sent on the tape.
struct RecordedAnswer: Sendable, Hashable {
    /// The command's id on the tape.
    var commandID: String
    /// What was to be done.
    var name: String
    /// Which of the device's commands of that name it was, from 0; a redelivery counts with the first delivery.
    var ordinal: Int
    /// How long after the command the device gave this answer, ns of recorded time.
    var delay: Int64
}

/// Finds, while a tape is read, the command that an answer belongs to.
///
/// Bounded: of each device the last commands are remembered, of the fleet a limited number.
struct AnswerTable {
    private struct Known {
        var id: String
        var name: String
        var ordinal: Int
        var session: Int64
        var monotonic: Int64
        var arrival: Int64
    }

    private struct Series {
        var commands: [Known] = []
        var counts: [[UInt8]: Int] = [:]
    }

    /// Commands of one device that an answer may still come for.
    private static let commandsPerDevice = 256
    private static let deviceLimit = 20_000
    private static let namesPerDevice = 1_000

    private var devices: [DeviceID: Series] = [:]

    /// Begins another round of a loop: what comes again counts again.
    mutating func beginRound() {
        for device in devices.keys { devices[device]?.commands.removeAll() }
    }

    /// Looks at the next message of the tape.
    ///
    /// - Returns: what it answers; nil for what is no answer, and for answers to commands that are not on the tape.
    mutating func note(_ message: RecordedMessage) -> RecordedAnswer? {
        let topic = DeviceTopic.parse(message.topic)
        switch topic.kind {
        case .command:
            for command in Commands.decode(message.payload, topic) { note(command, message) }
            return nil
        case .commandUpdate: return answer(message, topic)
        default: return nil
        }
    }

    private mutating func note(_ command: Commands.Reference, _ message: RecordedMessage) {
        guard devices[command.device] != nil || devices.count < Self.deviceLimit else { return }
        var series = devices.removeValue(forKey: command.device) ?? Series()
        defer { devices[command.device] = series }
        let id = Array(command.id.utf8)
        if series.commands.contains(where: { $0.id.utf8.elementsEqual(id) }) { return }
        let name = Array(command.name.utf8)
        guard series.counts[name] != nil || series.counts.count < Self.namesPerDevice else { return }
        let ordinal = series.counts[name, default: 0]
        series.counts[name] = ordinal + 1
        if series.commands.count >= Self.commandsPerDevice { series.commands.removeFirst() }
        series.commands.append(
            Known(
                id: command.id, name: command.name, ordinal: ordinal, session: message.session,
                monotonic: message.monotonic, arrival: message.arrival.nanoseconds))
    }

    private func answer(_ message: RecordedMessage, _ topic: DeviceTopic) -> RecordedAnswer? {
        guard let reference = Commands.answered(message.payload, message.properties, topic),
            let known = devices[reference.device]?.commands.last(where: {
                $0.id.utf8.elementsEqual(reference.id.utf8)
            })
        else { return nil }
        let delay =
            known.session == message.session
            ? message.monotonic &- known.monotonic : message.arrival.nanoseconds &- known.arrival
        return RecordedAnswer(
            commandID: known.id, name: known.name, ordinal: known.ordinal, delay: max(0, delay))
    }
}

/// Reads commands and their answers as far as tying them together needs it.
enum Commands {
    /// A command that a message speaks of.
    struct Reference {
        var device: DeviceID
        var id: String
        var name = ""
    }

    /// The commands of a payload; those without an id or a name, or for nobody, are left out.
    static func decode(_ payload: [UInt8], _ topic: DeviceTopic) -> [Reference] {
        guard
            case .commands(let commands) = DecodedMessage.decode(
                topic: topic, payload: payload, properties: PublishProperties()
            ).message
        else { return [] }
        return commands.compactMap { command in
            guard let id = command.id, let name = command.name, let device = command.deviceID ?? topic.device else {
                return nil
            }
            return Reference(device: device, id: id, name: name)
        }
    }

    /// The device whose command an answer answers, by its id on the target: a child of the device that speaks, perhaps.
    static func addressee(of answer: OutgoingMessage) -> DeviceID? {
        let topic = DeviceTopic.parse(answer.topic)
        return answered(answer.payload, answer.properties, topic)?.device ?? answer.device ?? topic.device
    }

    /// The command that an update answers, by the id in the payload, else by the correlation data.
    static func answered(
        _ payload: [UInt8], _ properties: PublishProperties, _ topic: DeviceTopic
    ) -> Reference? {
        guard
            case .commandUpdate(let update) = DecodedMessage.decode(
                topic: topic, payload: payload, properties: properties
            ).message,
            let device = update.deviceID ?? topic.device
        else { return nil }
        if let id = update.id { return Reference(device: device, id: id) }
        guard let data = properties.correlationData, let id = String(validating: data, as: UTF8.self) else {
            return nil
        }
        return Reference(device: device, id: id)
    }
}
