import DeviceProtocol
import MQTTWire
import Tape

/// Remembers what answers may refer to: commands, licences and configurations.
///
/// The oldest are forgotten when there are too many: an answer to one of them is timed by the run.
struct Causes {
    /// What a message is in a conversation.
    struct Role {
        var cause: Cause?
        var commandName: String?
        /// Whether it is the first message about a command.
        var beginsConversation = false
    }

    /// By a hash of device, kind and id: 64 bits are enough for answers to find what they answer.
    private var known: [UInt64: Cause] = [:]
    private var order: [UInt64] = []
    private var oldest = 0
    /// Names of commands, each once in memory.
    private var names: [DeviceID: String] = [:]
    private static let limit = 16_384
    private static let nameLimit = 1_024

    /// Takes note of a message, and tells what it answers.
    mutating func role(of message: RecordedMessage, _ topic: ComparedTopic, at time: Int64) -> Role {
        switch topic.stream.kind {
        case .command, .commandUpdate, .license, .licenseUpdate, .config, .configUpdate: break
        default: return Role()
        }
        let decoded = DecodedMessage.decode(
            topic: topic.topic, payload: message.payload, properties: message.properties)
        let device = topic.topic.device
        switch decoded.message {
        case .commands(let commands):
            var role = Role()
            for command in commands {
                let cause = Cause(time: time, name: command.name.map { shared($0) })
                if let id = command.id {
                    if note(cause, device, .command, id) { role.beginsConversation = true }
                    if let own = command.deviceID, own != device { note(cause, own, .command, id) }
                } else {
                    role.beginsConversation = true
                }
                replaceLast(cause, device)
            }
            role.commandName = commands.first?.name
            return role
        case .commandUpdate(let update):
            let id = update.id ?? message.properties.correlationData.map { String(decoding: $0, as: UTF8.self) }
            let cause = find(update.deviceID ?? device, .command, id) ?? find(device, .command, id)
            return Role(cause: cause, commandName: cause?.name ?? update.name)
        case .licenses(let licenses):
            for license in licenses { note(Cause(time: time), device, .license, license.id) }
            return Role()
        case .licenseUpdate(let update): return Role(cause: find(device, .license, update.id))
        case .config(let config):
            note(Cause(time: time), device, .config, config.version?.text)
            return Role()
        case .configUpdate(let update):
            return Role(cause: update.config.version.flatMap { find(device, .config, $0.text) })
        default: return Role()
        }
    }

    private func find(_ device: DeviceID?, _ kind: MessageKind, _ id: String?) -> Cause? {
        // Clients of old model versions answer without an id; what they mean is the command that they work on.
        known[Self.key(device, kind, id)]
    }

    /// Remembers the first message about something; false where it was known.
    @discardableResult
    private mutating func note(_ cause: Cause, _ device: DeviceID?, _ kind: MessageKind, _ id: String?) -> Bool {
        guard let id else { return false }
        let key = Self.key(device, kind, id)
        guard known[key] == nil else { return false }
        set(cause, key)
        return true
    }

    private mutating func replaceLast(_ cause: Cause, _ device: DeviceID?) {
        let key = Self.key(device, .command, nil)
        if known.updateValue(cause, forKey: key) == nil { remember(key) }
    }

    private mutating func set(_ cause: Cause, _ key: UInt64) {
        known[key] = cause
        remember(key)
    }

    private mutating func remember(_ key: UInt64) {
        if order.count < Self.limit {
            order.append(key)
        } else {
            if order[oldest] != key { known[order[oldest]] = nil }
            order[oldest] = key
            oldest = (oldest + 1) % Self.limit
        }
    }

    private mutating func shared(_ name: String) -> String {
        if let known = names[DeviceID(name)] { return known }
        if names.count >= Self.nameLimit { names.removeAll() }
        names[DeviceID(name)] = name
        return name
    }

    /// Stands for something by its id; for the last one where an answer does not say to what.
    private static func key(_ device: DeviceID?, _ kind: MessageKind, _ id: String?) -> UInt64 {
        let seed = ContentHash.of(kind.rawValue) &+ (id == nil ? 1 : 0)
        return ContentHash.of(id ?? "", seed: ContentHash.of(device?.text ?? "", seed: seed))
    }
}
