import DeviceProtocol
import Tape

/// Where telemetry of one shape has what a device's state is made of.
struct StateColumns {
    /// The metrics by their numbers; without a slot where the value is an object, or a list that is more than scalars.
    private(set) var metrics: [(name: Int, slot: Int?)] = []
    /// Where the payload says that it replaces the whole state.
    private(set) var replaces: Int?
    /// Where the payload names its device.
    private(set) var device: Int?
    /// Where each word about the device is, the place that counts most first.
    private(set) var words: [StateFact: [Int]] = [:]

    /// The metrics whose values only whole messages have.
    var complex: [Int] { metrics.filter { $0.slot == nil }.map(\.name) }

    /// Members that tell no metrics.
    private static let others: Set<String> = ["status", "timestamp", "message", "device_id", "override"]

    /// Nil where only whole messages tell what they say: batches, the shape before `telemetries`, errors.
    init?(_ shape: PayloadShape, _ names: inout NameList) {
        guard shape.kind == .telemetry, let keys = shape.memberKeys, !keys.isEmpty, !shape.repeatsKeys,
            keys.contains("telemetries") || Self.others.isSuperset(of: keys)
        else { return nil }
        var complex: Set<Int> = []
        for (index, slot) in shape.slots.enumerated() {
            if slot.path.count == 1 {
                note(slot.path[0], slot.isList ? nil : index)
            } else if slot.path[0] == "telemetries" {
                // Elements of an array look like members of that name; neither is a metric that columns tell of.
                guard slot.path[1] != "[]" else { return nil }
                let name = names.number(of: slot.path[1])
                if slot.path.count == 2 {
                    metrics.append((name, index))
                    note(metric: slot.path[1], slot.isList ? nil : index)
                } else if complex.insert(name).inserted {
                    metrics.append((name, nil))
                }
            }
        }
        for path in shape.emptyPaths where path.count > 1 && path[0] == "telemetries" {
            guard path[1] != "[]" else { return nil }
            let name = names.number(of: path[1])
            if complex.insert(name).inserted { metrics.append((name, nil)) }
        }
        for (fact, keys) in [(StateFact.firmware, DeviceWord.firmwareKeys), (.model, DeviceWord.modelKeys)] {
            let rank = { (slot: Int) in shape.slots[slot].path.last.flatMap { keys.firstIndex(of: $0) } ?? 0 }
            words[fact]?.sort { rank($0) > rank($1) }
        }
        if let own = status { words[.status] = [own] + (words[.status] ?? []) }
    }

    private var status: Int?

    private mutating func note(_ key: String, _ slot: Int?) {
        switch key {
        case "status": status = slot
        case "override": replaces = slot
        case "device_id": device = slot
        default: break
        }
    }

    private mutating func note(metric: String, _ slot: Int?) {
        guard let slot else { return }
        if metric == "status" { words[.status, default: []].append(slot) }
        if DeviceWord.firmwareKeys.contains(metric) { words[.firmware, default: []].append(slot) }
        if DeviceWord.modelKeys.contains(metric) { words[.model, default: []].append(slot) }
    }

    /// Whether the slot of a word takes numbers too: metrics do, the condition does not.
    func takesNumbers(_ slot: Int) -> Bool { slot != status }
}
