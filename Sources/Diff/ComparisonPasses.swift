import DeviceProtocol
import Tape

/// Divides a comparison of large tapes into several, one after the other, so that it takes little memory.
///
/// What restores a segment needs memory for each column of the messages that are wanted. Telemetry is by far the most of
/// a fleet's messages, and answers nothing: it can be compared for some devices at a time. Devices of one model send
/// messages of one size and share their columns, so that devices whose messages are of like size go together.
enum ComparisonPasses {
    /// What one pass compares.
    struct Pass {
        var base: DiffSide
        var candidate: DiffSide
    }

    private static let batches = 6

    /// The passes of a comparison; together they compare what is selected, and nothing twice.
    static func of(
        _ base: DiffSide, _ candidate: DiffSide, _ settings: DiffSettings
    ) throws(TapeError) -> [Pass] {
        let selected = base.selection.kinds.isEmpty ? Set(MessageKind.allCases) : base.selection.kinds
        let kinds = selected.subtracting(settings.rules.ignoredKinds)
        guard !kinds.isEmpty else { return [] }
        let devices = kinds.contains(.telemetry) ? try telemetry(base, candidate, settings.devices) : []
        let messages = devices.reduce(0) { $0 + $1.messages }
        guard messages > settings.batchThreshold else { return [pass(base, candidate, kinds)] }
        var passes: [Pass] = []
        let others = kinds.subtracting([.telemetry])
        if !others.isEmpty { passes.append(pass(base, candidate, others)) }
        for batch in split(devices, messages) {
            var part = pass(base, candidate, [.telemetry])
            part.base = DiffSide(base.tape, part.base.selection, devices: Set(batch.map(\.base)))
            part.candidate = DiffSide(candidate.tape, part.candidate.selection, devices: Set(batch.map(\.candidate)))
            passes.append(part)
        }
        return passes
    }

    private static func pass(_ base: DiffSide, _ candidate: DiffSide, _ kinds: Set<MessageKind>) -> Pass {
        Pass(
            base: DiffSide(base.tape, base.selection, kinds: kinds),
            candidate: DiffSide(candidate.tape, candidate.selection, kinds: kinds))
    }

    private struct Device {
        var base: DeviceID
        var candidate: DeviceID
        var messages: Int64 = 0
        var bytes: Int64 = 0

        var size: Double { Double(bytes) / Double(max(1, messages)) }
    }

    /// The devices that have telemetry on either tape, those with small messages first.
    private static func telemetry(
        _ base: DiffSide, _ candidate: DiffSide, _ map: DeviceMap
    ) throws(TapeError) -> [Device] {
        var devices: [DeviceID: Device] = [:]
        func add(_ row: Activity, _ own: DeviceID, _ other: DeviceID) {
            devices[other, default: Device(base: own, candidate: other)].messages += row.messages
            devices[other, default: Device(base: own, candidate: other)].bytes += row.bytes
        }
        for row in try base.tape.activity() where row.kind == .telemetry {
            guard let device = row.device, base.wants(device) else { continue }
            add(row, device, map.candidate(of: device))
        }
        for row in try candidate.tape.activity() where row.kind == .telemetry {
            guard let device = row.device, candidate.wants(device) else { continue }
            add(row, map.base(of: device), device)
        }
        return devices.values.sorted { $0.size != $1.size ? $0.size < $1.size : $0.candidate < $1.candidate }
    }

    private static func split(_ devices: [Device], _ messages: Int64) -> [[Device]] {
        var parts: [[Device]] = [[]]
        var count: Int64 = 0
        for device in devices {
            if count > messages / Int64(batches), parts.last?.isEmpty == false {
                parts.append([])
                count = 0
            }
            parts[parts.count - 1].append(device)
            count += device.messages
        }
        return parts.filter { !$0.isEmpty }
    }
}

extension DiffSide {
    /// Whether messages of a device are selected.
    fileprivate func wants(_ device: DeviceID) -> Bool {
        selection.devices.isEmpty || selection.devices.contains(device)
    }

    fileprivate init(
        _ tape: TapeReader, _ selection: Selection, devices: Set<DeviceID>? = nil, kinds: Set<MessageKind>? = nil
    ) {
        var part = selection
        if let devices { part.devices = devices }
        if let kinds { part.kinds = kinds }
        self.init(tape, part)
    }
}
