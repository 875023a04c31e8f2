import DeviceProtocol
import Tape

/// Where telemetry, or a device's description of itself, of one shape has what the query asks for.
struct DeviceColumns {
    private(set) var status: Int?
    /// The metric of that name, which counts where there is no status.
    private(set) var statusMetric: Int?
    /// The first that has a value counts; so below.
    private(set) var firmware: [Int] = []
    private(set) var model: [Int] = []
    private(set) var timestamp: Int?
    /// Where the payload names its device.
    private(set) var device: Int?

    /// Nil where only whole messages tell.
    init?(_ shape: PayloadShape) {
        guard let keys = shape.memberKeys, !shape.repeatsKeys else { return nil }
        switch shape.kind {
        case .telemetry:
            // Anything else may be a batch, the shape before `telemetries`, or an error.
            guard keys.contains("telemetries") else { return nil }
        case .deviceUpdate:
            if keys.contains("firmwareVersion") { return nil }
        default: return nil
        }
        // What is a list has no text.
        for (index, slot) in shape.slots.enumerated() where !slot.isList {
            guard let key = slot.path.first else { continue }
            if slot.path.count == 1 {
                note(key, index, shape.kind)
            } else if slot.path.count == 2, key == "telemetries", shape.kind == .telemetry {
                note(metric: slot.path[1], index)
            }
        }
        sort(&firmware, DeviceWord.firmwareKeys, shape)
        sort(&model, DeviceWord.modelKeys, shape)
    }

    /// Whether it says anything but that the device is there.
    func tells(status: Bool, firmware: Bool, model: Bool) -> Bool {
        status && (self.status != nil || statusMetric != nil) || firmware && !self.firmware.isEmpty
            || model && !self.model.isEmpty
    }

    private mutating func note(_ key: String, _ slot: Int, _ kind: MessageKind) {
        switch (kind, key) {
        case (_, "device_id"): device = slot
        case (.telemetry, "status"): status = slot
        case (.telemetry, "timestamp"): timestamp = slot
        case (.deviceUpdate, "firmware_version"): firmware.append(slot)
        case (.deviceUpdate, "sub_model"): model.append(slot)
        default: break
        }
    }

    private mutating func note(metric: String, _ slot: Int) {
        if metric == "status" { statusMetric = slot }
        if DeviceWord.firmwareKeys.contains(metric) { firmware.append(slot) }
        if DeviceWord.modelKeys.contains(metric) { model.append(slot) }
    }

    private func sort(_ slots: inout [Int], _ keys: [String], _ shape: PayloadShape) {
        guard slots.count > 1 else { return }
        let rank = { (slot: Int) in shape.slots[slot].path.last.flatMap { keys.firstIndex(of: $0) } ?? 0 }
        slots.sort { rank($0) > rank($1) }
    }
}
