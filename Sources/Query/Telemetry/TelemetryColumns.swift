import Tape

/// Where telemetry payloads of one shape have what questions for samples need.
struct TelemetryColumns {
    /// A metric and its slot.
    struct Metric {
        var name: String
        var slot: Int
    }

    /// The slot of the device's own timestamp.
    private(set) var timestamp: Int?
    /// The slot of the condition.
    private(set) var status: Int?
    /// The metrics in the order of the payload, those in ``nested`` left out.
    private(set) var metrics: [Metric] = []
    /// Names of metrics whose values are objects or arrays: whole messages only have them in one piece.
    private(set) var nested: Set<String> = []

    /// Looks at a shape; nil where only whole messages tell what they say: batches, old forms, replaced states, repeated
    /// names, payloads that name their device.
    init?(_ shape: PayloadShape) {
        guard let keys = shape.memberKeys, !shape.repeatsKeys, keys.contains("telemetries"),
            !keys.contains("device_id"), !keys.contains("override"), !keys.contains("common"), !keys.contains("custom")
        else { return nil }
        guard !shape.emptyPaths.contains(["status"]), !shape.emptyPaths.contains(["timestamp"]) else { return nil }
        for path in shape.emptyPaths where path.count == 2 && path[0] == "telemetries" { nested.insert(path[1]) }
        for (index, slot) in shape.slots.enumerated() {
            switch slot.path.first {
            case "timestamp":
                guard slot.path.count == 1 else { return nil }
                timestamp = index
            case "status":
                guard slot.path.count == 1 else { return nil }
                status = index
            case "telemetries":
                // What stands for all metrics is no object of metrics.
                guard slot.path.count > 1 else { return nil }
                guard slot.path.count == 2, !slot.isList else {
                    nested.insert(slot.path[1])
                    continue
                }
                metrics.append(Metric(name: slot.path[1], slot: index))
            default: continue
            }
        }
    }
}
