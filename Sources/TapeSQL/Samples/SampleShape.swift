import DeviceProtocol
import Tape

/// Where telemetry of one shape has the samples that are wanted; nil where only whole messages tell.
struct SampleShape {
    /// A metric and its slot.
    struct Metric {
        var name: String
        var slot: Int
    }

    private(set) var metrics: [Metric] = []
    private(set) var timestamp: Int?
    private(set) var status: Int?
    /// Where `override` stands.
    private(set) var override: Int?
    /// Where the payload names its device.
    private(set) var device: Int?
    /// Whether the condition is wanted as a metric.
    private(set) var showsStatus = false

    /// Whether nothing that is wanted can come of it.
    var isEmpty: Bool { metrics.isEmpty && !showsStatus }

    init?(_ shape: PayloadShape, wants: (String) -> Bool) {
        guard shape.kind == .telemetry, let keys = shape.memberKeys, !shape.repeatsKeys, keys.contains("telemetries")
        else { return nil }
        for path in shape.emptyPaths where path.count == 2 && path[0] == "telemetries" && wants(path[1]) { return nil }
        var hasOwnStatus = shape.emptyPaths.contains(["telemetries", "status"])
        for (index, slot) in shape.slots.enumerated() {
            guard let key = slot.path.first else { continue }
            if slot.path.count == 1 {
                if slot.isList {
                    // A list is no text, no time and no truth value, but `telemetries` itself must be an object.
                    if key == "telemetries" { return nil }
                    continue
                }
                switch key {
                case "timestamp": timestamp = index
                case "status": status = index
                case "override": override = index
                case "device_id": device = index
                case "telemetries": return nil
                default: break
                }
            } else if key == "telemetries" {
                let name = slot.path[1]
                if name.utf8.elementsEqual("status".utf8) { hasOwnStatus = true }
                // `[]` stands for an array on the way; no metric is looked for there.
                if name == "[]" { return nil }
                guard wants(name) else { continue }
                guard slot.path.count == 2, !slot.isList else { return nil }
                metrics.append(Metric(name: name, slot: index))
            }
        }
        showsStatus = status != nil && !hasOwnStatus && wants("status")
    }
}
