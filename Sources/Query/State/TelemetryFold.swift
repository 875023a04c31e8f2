import DeviceProtocol
import JSONScan
import Tape

/// The telemetry messages of a stretch of time that are needed to put the devices' state together at its end.
///
/// Telemetry is a patch of what the device said before: of each metric the last message that set or removed it counts,
/// and a message that replaces the whole state makes all before it dispensable.
struct TelemetryFold {
    /// A reason to keep a message.
    struct Slot: Hashable {
        var device: DeviceID?
        /// A metric, or one of the marks below, which no JSON member can be.
        var key: Key
    }

    enum Key: Hashable {
        /// The last message.
        case last
        /// The last message that replaced the state.
        case replacement
        /// The last message with that metric, by the bytes of its name.
        case metric([UInt8])
    }

    private(set) var held = HeldMessages<Slot>()
    /// The devices that were heard.
    private(set) var devices: Set<DeviceID?> = []
    /// The devices that were heard on the topic of each device: a parent speaks for its children there.
    private(set) var voices: [DeviceID: Set<DeviceID?>] = [:]
    /// The devices whose state was replaced as a whole.
    private(set) var settled: Set<DeviceID?> = []
    private var metrics: [DeviceID?: Set<[UInt8]>] = [:]

    /// Metrics of a device beyond which further ones are not followed.
    private static let metricLimit = 4_096

    /// Whether of all that were heard on a device's topic the whole state is known.
    func isSettled(_ topicDevice: DeviceID) -> Bool {
        voices[topicDevice]?.isSubset(of: settled) ?? false
    }

    /// Takes the next message, in order of arrival.
    mutating func add(_ message: RecordedMessage) {
        let topic = DeviceTopic.parse(message.topic)
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        switch decoded.message {
        case .telemetry(let telemetry): add(telemetry, decoded.device ?? topic.device, topic.device, message)
        case .telemetryBatch(let samples):
            for (device, telemetry) in samples { add(telemetry, device, topic.device, message) }
        default: break
        }
    }

    private mutating func add(
        _ telemetry: Telemetry, _ device: DeviceID?, _ topicDevice: DeviceID?, _ message: RecordedMessage
    ) {
        devices.insert(device)
        if let topicDevice { voices[topicDevice, default: []].insert(device) }
        if telemetry.replacesState {
            for metric in metrics.removeValue(forKey: device) ?? [] {
                held.remove(Slot(device: device, key: .metric(metric)))
            }
            settled.insert(device)
            held.replace(Slot(device: device, key: .replacement), with: message)
        }
        held.replace(Slot(device: device, key: .last), with: message)
        var names = telemetry.metrics.map { Array($0.key.utf8) }
        if telemetry.status != nil { names.append(Array("status".utf8)) }
        for name in names {
            guard metrics[device]?.count ?? 0 < Self.metricLimit || metrics[device]?.contains(name) ?? false else {
                continue
            }
            metrics[device, default: []].insert(name)
            held.replace(Slot(device: device, key: .metric(name)), with: message)
        }
    }

    /// What this fold of an earlier stretch adds to what is known from later ones: of each device that is not settled
    /// there, the metrics that were not seen since.
    mutating func merge(earlier: TelemetryFold) {
        for slot in earlier.held.usedSlots where !settled.contains(slot.device) {
            switch slot.key {
            case .last where devices.contains(slot.device): continue
            case .metric(let name) where metrics[slot.device]?.contains(name) ?? false: continue
            default: break
            }
            for message in earlier.held.messages(of: slot) { held.add(slot, message, limit: 2) }
        }
        for (device, names) in earlier.metrics where !settled.contains(device) {
            metrics[device, default: []].formUnion(names)
        }
        devices.formUnion(earlier.devices)
        voices.merge(earlier.voices) { $0.union($1) }
        settled.formUnion(earlier.settled)
    }
}
