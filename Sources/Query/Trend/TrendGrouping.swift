import DeviceProtocol
import JSONScan
import Tape

/// What has rows of its own in a trend.
public enum TrendGrouping: Sendable, Hashable {
    /// All devices together.
    case together
    /// Each device.
    case device
    /// All devices that have the same value of an attribute at the time, together: `firmware`, `model`, `name`, `space`,
    /// or any metric.
    case attribute(String)
}

/// The value of an attribute of each device, from message to message.
struct DeviceLabels {
    /// From which message on a device has which value; in the order of the messages.
    private var changes: [DeviceID: [(sequence: Int64, label: String?)]] = [:]

    /// Reads an attribute up to the end of a selection's window.
    ///
    /// The beginning of the window does not matter: what a device said before it still holds.
    init(_ attribute: String, _ tape: TapeReader, _ selection: Selection) throws(TapeError) {
        var whole = Selection()
        whole.sessions = selection.sessions
        whole.until = selection.until
        switch attribute {
        case "firmware":
            try readUpdates(tape, whole) { $0.firmwareVersion }
            try readMetrics(DeviceWord.firmwareKeys, tape, whole)
        case "model":
            try readUpdates(tape, whole) { $0.subModel }
            try readMetrics(DeviceWord.modelKeys, tape, whole)
        case "name": try readUpdates(tape, whole) { $0.name }
        case "space": try readSpaces(tape, whole)
        default: try readMetrics([attribute], tape, whole)
        }
        for device in changes.keys { changes[device]?.sort { $0.sequence < $1.sequence } }
    }

    private mutating func readUpdates(
        _ tape: TapeReader, _ selection: Selection, _ value: (DeviceUpdate) -> String?
    ) throws(TapeError) {
        try read(.deviceUpdate, tape, selection) { message in
            if case .deviceUpdate(let update) = message { value(update) } else { nil }
        }
    }

    private mutating func readSpaces(_ tape: TapeReader, _ selection: Selection) throws(TapeError) {
        try read(.spaceInfo, tape, selection) { message in
            if case .spaceInfo(let space) = message { space.name } else { nil }
        }
    }

    private mutating func read(
        _ kind: MessageKind, _ tape: TapeReader, _ selection: Selection, _ value: (DeviceMessage?) -> String?
    ) throws(TapeError) {
        var wanted = selection
        wanted.kinds = [kind]
        var scan = try MessageScan(tape, wanted, leavesOutDuplicates: true)
        while let message = try scan.next() {
            let topic = DeviceTopic.parse(message.topic)
            let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
            guard let device = decoded.device, let label = value(decoded.message) else { continue }
            append(label, device, message.sequence)
        }
    }

    private mutating func readMetrics(
        _ names: [String], _ tape: TapeReader, _ selection: Selection
    ) throws(TapeError) {
        var scan = try SampleScan(tape, selection, metrics: names.map(Glob.init(literal:)))
        // Mostly the device says again what it said before.
        var last: [Int: ArraySlice<UInt8>] = [:]
        while let sample = try scan.next() {
            guard let device = sample.device, sample.metric != nil else { continue }
            let literal = sample.bytes[sample.value]
            if let known = last[device], known.elementsEqual(literal) { continue }
            last[device] = ArraySlice(Array(literal))
            append(Self.text(literal), scan.devices[device], sample.sequence)
        }
    }

    /// A string without quotes, any other value as it stands; nil for none.
    private static func text(_ literal: ArraySlice<UInt8>) -> String? {
        guard !literal.isEmpty else { return nil }
        guard let value = try? JSONValue.parse(Array(literal).span) else { return nil }
        return value.string ?? value.description
    }

    private mutating func append(_ label: String?, _ device: DeviceID, _ sequence: Int64) {
        changes[device, default: []].append((sequence, label))
    }

    /// The values of a device in a stretch of its messages, given by their ascending numbers.
    ///
    /// - Returns: stretches of positions in `sequences`, each with its value.
    func stretches(of device: DeviceID?, _ sequences: ArraySlice<Int64>) -> [(rows: Range<Int>, label: String?)] {
        guard let device, let changes = changes[device] else { return [(sequences.indices, nil)] }
        var stretches: [(rows: Range<Int>, label: String?)] = []
        var start = sequences.startIndex
        var next = Self.place(of: sequences.first ?? 0, in: changes)
        while start < sequences.endIndex {
            let label = next > 0 ? changes[next - 1].label : nil
            var end = start
            while end < sequences.endIndex, next >= changes.count || sequences[end] < changes[next].sequence {
                end += 1
            }
            if end > start { stretches.append((start..<end, label)) }
            start = end
            next += 1
        }
        return stretches
    }

    /// The value of a device at one of its messages.
    func label(of device: DeviceID?, at sequence: Int64) -> String? {
        guard let device, let changes = changes[device] else { return nil }
        let next = Self.place(of: sequence, in: changes)
        return next > 0 ? changes[next - 1].label : nil
    }

    /// How many changes came with messages up to `sequence`.
    private static func place(of sequence: Int64, in changes: [(sequence: Int64, label: String?)]) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
