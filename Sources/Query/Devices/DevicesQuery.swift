import DeviceProtocol
public import Tape

/// The question for what the messages show of each device.
public struct DevicesQuery: Sendable {
    /// Which messages to look at; its devices are those of topics and of payloads.
    public var selection: Selection

    /// Asks what the selected messages show.
    public init(_ selection: Selection) {
        self.selection = selection
    }

    /// Reads the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader) throws(TapeError) -> DevicesAnswer {
        var wanted = selection
        wanted.devices = []
        var scan = try MessageScan(tape, wanted, leavesOutDuplicates: true)
        let devices = DeviceSelection(selection.devices)
        var tallies: [DeviceID: DeviceTally] = [:]
        while let message = try scan.next() {
            let topic = DeviceTopic.parse(message.topic)
            guard devices.mayConcern(message, topic) else { continue }
            var named = topic.device.map { Set([$0]) } ?? []
            for (device, fact) in Self.facts(message, topic) {
                named.insert(device)
                tallies[device, default: DeviceTally(device, message)].take(fact, message)
            }
            for device in named { tallies[device, default: DeviceTally(device, message)].count(message) }
        }
        let rows = tallies.filter { devices.contains($0.key) }.values.map(\.row).sorted { $0.device < $1.device }
        return DevicesAnswer(rows: rows, duplicates: scan.duplicates, damages: scan.damages)
    }

    /// What a message tells of a device.
    fileprivate enum Fact {
        case telemetry(Telemetry)
        case update(DeviceUpdate)
    }

    private static func facts(_ message: RecordedMessage, _ topic: DeviceTopic) -> [(DeviceID, Fact)] {
        guard topic.kind == .telemetry || topic.kind == .deviceUpdate else { return [] }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        switch decoded.message {
        case .telemetry(let telemetry): return decoded.device.map { [($0, .telemetry(telemetry))] } ?? []
        case .telemetryBatch(let batch):
            return batch.map { ($1.deviceID ?? $0, .telemetry($1)) }
        case .deviceUpdate(let update): return decoded.device.map { [($0, .update(update))] } ?? []
        default: return []
        }
    }
}

/// What the messages show of each device.
public struct DevicesAnswer: Sendable {
    /// The devices, in order of their ids' bytes.
    public var rows: [DeviceRow]
    /// Redeliveries of recorded packets that were left out.
    public var duplicates: Int
    /// Parts of the tape that could not be read.
    public var damages: [TapeError]
}

extension DeviceTally {
    fileprivate mutating func take(_ fact: DevicesQuery.Fact, _ message: RecordedMessage) {
        switch fact {
        case .telemetry(let telemetry): take(telemetry, message)
        case .update(let update): take(update)
        }
    }
}
