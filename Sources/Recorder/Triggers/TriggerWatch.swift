import DeviceProtocol
import MQTTWire
import Tape

/// Looks at everything that is recorded and says when a condition begins to hold.
///
/// Conditions fire at the edge: once when they begin to hold for a device, and again only after they did not. It knows
/// no clock of its own and no tape.
struct TriggerWatch {
    private enum Part {
        case metric(MetricWatch)
        case commands(CommandWatch)
        case silence(SilenceWatch)
        case other
    }

    private let conditions: [TriggerCondition]
    private var parts: [Part]
    private let readsTelemetry: Bool
    private let readsCommands: Bool
    private let hearsDevices: Bool
    private let hasTopics: Bool
    /// Whether marks are to be looked for.
    let hasMarks: Bool
    private var isAway = false

    init(_ conditions: [TriggerCondition]) {
        self.conditions = conditions
        parts = conditions.map { condition in
            switch condition.test {
            case .metric(let name, let comparison, let operand): .metric(MetricWatch(name, comparison, operand))
            case .commandFailed: .commands(CommandWatch(openFor: nil))
            case .commandOpen(let limit): .commands(CommandWatch(openFor: limit))
            case .silence(let limit): .silence(SilenceWatch(limit))
            case .topic, .mark: .other
            }
        }
        readsTelemetry = parts.contains { if case .metric = $0 { true } else { false } }
        readsCommands = parts.contains { if case .commands = $0 { true } else { false } }
        hearsDevices = parts.contains { if case .silence = $0 { true } else { false } }
        hasTopics = conditions.contains { if case .topic = $0.test { true } else { false } }
        hasMarks = conditions.contains { $0.test == .mark }
    }

    /// Takes a message that is recorded; a redelivery says nothing new.
    mutating func see(_ message: RecordedMessage, sequence: Int64, at moment: TriggerMoment) -> [TriggerReason] {
        guard message.duplicateOf == nil else { return [] }
        var reasons: [TriggerReason] = []
        let topic = DeviceTopic.parse(message.topic)
        if hasTopics {
            for condition in conditions {
                guard case .topic(let filter) = condition.test, filter.matches(message.topic) else { continue }
                reasons.append(
                    Self.reason(condition, topic.device, sequence, "on \(message.topic)", moment))
            }
        }
        let isTelemetry = topic.kind == .telemetry && (readsTelemetry || hearsDevices)
        let isCommand = (topic.kind == .command || topic.kind == .commandUpdate) && readsCommands
        guard isTelemetry || isCommand else {
            if hearsDevices, let device = topic.device,
                Direction.of(kind: topic.kind, properties: message.properties).0 == .deviceToCloud
            {
                hear([device], moment)
            }
            return reasons
        }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        if hearsDevices, decoded.direction == .deviceToCloud {
            hear((topic.device.map { [$0] } ?? []) + decoded.message.deviceIDs, moment)
        }
        for index in parts.indices {
            switch parts[index] {
            case .metric(var watch):
                // Taken out while it changes, so that its tables are not copied.
                parts[index] = .other
                for (device, telemetry) in decoded.telemetry where Self.isFollowed(device) {
                    guard let value = watch.see(telemetry, of: device) else { continue }
                    reasons.append(Self.reason(conditions[index], device, sequence, value, moment))
                }
                parts[index] = .metric(watch)
            case .commands(var watch):
                guard isCommand else { continue }
                parts[index] = .other
                let failed = watch.see(
                    decoded.message, topicDevice: topic.device, correlation: message.properties.correlationData,
                    sequence: sequence, at: moment.monotonic)
                for (device, value) in failed {
                    reasons.append(Self.reason(conditions[index], device, sequence, value, moment))
                }
                parts[index] = .commands(watch)
            case .silence, .other: break
            }
        }
        return reasons
    }

    /// Looks at the time.
    ///
    /// While the broker is not connected nothing is said of what cannot be known.
    mutating func tick(_ moment: TriggerMoment, isConnected: Bool) -> [TriggerReason] {
        guard isConnected else {
            isAway = true
            return []
        }
        var reasons: [TriggerReason] = []
        for index in parts.indices {
            switch parts[index] {
            case .commands(var watch):
                parts[index] = .other
                for (device, sequence, value) in watch.tick(moment.monotonic) {
                    reasons.append(Self.reason(conditions[index], device, sequence, value, moment))
                }
                parts[index] = .commands(watch)
            case .silence(var watch):
                parts[index] = .other
                if isAway { watch.listen(from: moment.monotonic) }
                for (device, value) in watch.tick(moment.monotonic) {
                    reasons.append(Self.reason(conditions[index], device, nil, value, moment))
                }
                parts[index] = .silence(watch)
            case .metric, .other: break
            }
        }
        isAway = false
        return reasons
    }

    /// Takes a mark that somebody set.
    func mark(_ text: String, at moment: TriggerMoment) -> [TriggerReason] {
        conditions.filter { $0.test == .mark }.prefix(1).map { Self.reason($0, nil, nil, text, moment) }
    }

    private mutating func hear(_ devices: [DeviceID], _ moment: TriggerMoment) {
        for index in parts.indices {
            guard case .silence(var watch) = parts[index] else { continue }
            parts[index] = .other
            for device in devices where Self.isFollowed(device) { watch.see(device, at: moment.monotonic) }
            parts[index] = .silence(watch)
        }
    }

    private static let longestValue = 300
    /// Names of more bytes, which nobody gives a device, are not followed: memory has its bounds.
    static let longestName = 256

    static func isFollowed(_ device: DeviceID?) -> Bool {
        device.map { $0.text.utf8.count <= longestName } ?? true
    }

    /// The beginning of a text that anybody may have sent; a character alone may have any number of bytes.
    static func beginning(_ text: String, bytes limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            text.utf8.formIndex(before: &end)
        }
        return text[..<end] + "…"
    }

    private static func reason(
        _ condition: TriggerCondition, _ device: DeviceID?, _ sequence: Int64?, _ value: String, _ moment: TriggerMoment
    ) -> TriggerReason {
        TriggerReason(
            condition: condition.text, device: isFollowed(device) ? device : nil, sequence: sequence,
            value: beginning(value, bytes: longestValue), at: Timestamp(nanoseconds: moment.wall))
    }
}

extension DecodedMessage {
    /// The telemetry in the message, with the device that each is of.
    fileprivate var telemetry: [(DeviceID, Telemetry)] {
        switch message {
        case .telemetry(let telemetry): (device ?? topicDevice).map { [($0, telemetry)] } ?? []
        case .telemetryBatch(let batch): batch
        default: []
        }
    }
}
