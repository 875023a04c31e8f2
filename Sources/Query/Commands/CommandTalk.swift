import DeviceProtocol
import JSONScan
import MQTTWire

/// What one message says of commands.
struct CommandTalk {
    /// Whether commands are delivered; else a device says how far it has come with one.
    let isDelivery: Bool
    /// A word for each command; none where nothing is pending.
    let words: [CommandTracker.Word]
    /// What the work needs, for each word.
    let parameters: [JSONValue?]
    /// The correlation data that stand for the only command; nil where they would stand for several.
    let correlation: [UInt8]?

    /// Nil for a message that holds neither commands nor an update.
    init?(_ message: DeviceMessage, _ properties: PublishProperties) {
        switch message {
        case .commands(let commands):
            isDelivery = true
            words = commands.map { command in
                CommandTracker.Word(
                    id: CommandID(unlessEmpty: command.id), device: command.deviceID, status: command.status,
                    name: command.name)
            }
            parameters = commands.map(\.parameters)
            // Of several commands in one message the correlation data would name all.
            correlation = commands.count == 1 ? properties.correlationData : nil
        case .commandUpdate(let update):
            isDelivery = false
            words = [
                CommandTracker.Word(
                    id: CommandID(unlessEmpty: update.id), device: update.deviceID, status: update.status,
                    name: update.name, message: update.message)
            ]
            parameters = [update.parameters]
            correlation = properties.correlationData
        default: return nil
        }
    }
}

extension CommandTracker {
    /// Notes one word of a message.
    @discardableResult
    mutating func tell(_ word: Word, of talk: CommandTalk, _ sighting: Sighting) -> Touch {
        talk.isDelivery
            ? deliver(word, correlation: talk.correlation, sighting)
            : update(word, correlation: talk.correlation, sighting)
    }
}
