import DeviceProtocol
import JSONScan
import MQTTWire
import Tape

/// The messages other than telemetry that say what held at an instant: configurations, open commands, licences, room,
/// firmware, settings of the cloud and what devices said of themselves.
struct StandingFacts {
    /// The kinds of message that such facts come from.
    static let kinds: Set<MessageKind> = [
        .config, .configUpdate, .command, .commandUpdate, .license, .licenseUpdate, .spaceInfo, .firmwareNotice,
        .deviceUpdate, .cloudSetting,
    ]

    /// A reason to keep a message.
    private enum Slot: Hashable {
        /// The last message of a kind.
        case last(DeviceID?, MessageKind)
        /// The last update that names a member, by its bytes: what is not mentioned stays as it was.
        case member(DeviceID?, [UInt8])
        case license(DeviceID?, [UInt8])
        case licenseUpdate(DeviceID?, [UInt8])
        /// The last value of a setting of the cloud.
        case setting(DeviceID?, [UInt8])
        /// A command that has not ended.
        case command(Int)
    }

    private var held = HeldMessages<Slot>()
    private var open = OpenCommands()

    /// Messages about one open command that are kept at most: the first and the last ones.
    private static let messagesPerCommand = 64
    /// Open commands beyond which the oldest are let go.
    private static let commandLimit = 20_000

    /// Open commands that were let go because there were too many.
    private(set) var droppedCommands = 0

    /// The messages, oldest first.
    var messages: [RecordedMessage] { held.messages }

    /// Takes the next message, in order of arrival.
    mutating func add(_ message: RecordedMessage) {
        let topic = DeviceTopic.parse(message.topic)
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        let device = decoded.device ?? topic.device
        let correlation = message.properties.correlationData.flatMap { $0.isEmpty ? nil : $0 }
        switch decoded.message {
        case .config, .configUpdate, .spaceInfo, .firmwareNotice:
            held.replace(.last(device, topic.kind), with: message)
        case .deviceUpdate: update(device, message)
        case .cloudSetting(let setting):
            held.replace(.setting(device, Array((setting.property ?? "").utf8)), with: message)
        case .licenses(let licenses):
            for license in licenses { add(license, license.deviceID ?? topic.device, message) }
        case .licenseUpdate(let update): add(update, device, message)
        case .commands(let commands):
            let own = commands.count == 1 ? correlation : nil
            for command in commands { add(command, topic.device, own, message) }
        case .commandUpdate(let update): add(update, topic.device, correlation, message)
        default: break
        }
    }

    private mutating func update(_ device: DeviceID?, _ message: RecordedMessage) {
        held.replace(.last(device, .deviceUpdate), with: message)
        for member in (try? JSONValue.parse(message.payload))?.members?.prefix(64) ?? [] {
            held.replace(.member(device, Array(member.key.utf8)), with: message)
        }
    }

    private mutating func add(_ license: License, _ device: DeviceID?, _ message: RecordedMessage) {
        held.replace(.license(device, Array((license.id ?? "").utf8)), with: message)
    }

    private mutating func add(_ update: LicenseUpdate, _ device: DeviceID?, _ message: RecordedMessage) {
        let id = Array((update.id ?? "").utf8)
        if update.state?.state == .removed {
            // Gone on both sides: nothing of it holds any more.
            held.remove(.license(device, id))
            held.remove(.licenseUpdate(device, id))
        } else {
            held.replace(.licenseUpdate(device, id), with: message)
        }
    }

    // MARK: Commands

    private mutating func add(
        _ command: Command, _ topicDevice: DeviceID?, _ correlation: [UInt8]?, _ message: RecordedMessage
    ) {
        let device = command.deviceID ?? topicDevice
        let id = command.id.flatMap { $0.isEmpty ? nil : $0 }.map { OpenCommands.Name(id: $0, device) }
        let isFinal = command.status?.isTerminal ?? false
        if let number = id.flatMap({ open.find($0) }) {
            return isFinal ? close(number) : held.add(.command(number), message, limit: Self.messagesPerCommand)
        }
        // Delivered again after its end: it was worked on already.
        if isFinal || id.map({ open.hasEnded($0) }) ?? false { return }
        var names = [id, correlation.map { OpenCommands.Name(correlation: $0, topicDevice) }].compactMap(\.self)
        if let text = command.id, id != nil, device != topicDevice {
            names.append(OpenCommands.Name(id: text, topicDevice))
        }
        held.add(.command(open.open(device, names)), message, limit: Self.messagesPerCommand)
        while open.count > Self.commandLimit, let first = open.first() {
            close(first)
            droppedCommands += 1
        }
    }

    private mutating func add(
        _ update: CommandUpdate, _ topicDevice: DeviceID?, _ correlation: [UInt8]?, _ message: RecordedMessage
    ) {
        let device = update.deviceID ?? topicDevice
        guard let number = find(update, device, topicDevice, correlation) else { return }
        if update.status?.isTerminal ?? false {
            close(number)
        } else {
            held.add(.command(number), message, limit: Self.messagesPerCommand)
        }
    }

    /// By its id; else by correlation data; without either it is about the only one that the device has open.
    private func find(
        _ update: CommandUpdate, _ device: DeviceID?, _ topicDevice: DeviceID?, _ correlation: [UInt8]?
    ) -> Int? {
        if let id = update.id, !id.isEmpty {
            return open.find(.init(id: id, device)) ?? open.find(.init(id: id, topicDevice))
        }
        if let correlation, let number = open.find(.init(correlation: correlation, topicDevice)) { return number }
        return open.only(device)
    }

    private mutating func close(_ number: Int) {
        open.close(number)
        held.remove(.command(number))
    }
}
