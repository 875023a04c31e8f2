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
    /// The metrics in the order of the payload.
    private(set) var metrics: [Metric] = []

    /// Looks at a shape; nil where only whole messages tell what they say: batches, old forms, replaced states, nested
    /// values, repeated names, payloads that name their device.
    init?(_ shape: PayloadShape) {
        guard let keys = shape.memberKeys, !shape.repeatsKeys, keys.contains("telemetries"),
            !keys.contains("device_id"), !keys.contains("override"), !keys.contains("common"), !keys.contains("custom")
        else { return nil }
        let hidesValues = shape.emptyPaths.contains { path in
            path.count == 2 && path[0] == "telemetries" || path == ["status"] || path == ["timestamp"]
        }
        guard !hidesValues else { return nil }
        for (index, slot) in shape.slots.enumerated() {
            switch slot.path.first {
            case "timestamp":
                guard slot.path.count == 1 else { return nil }
                timestamp = index
            case "status":
                guard slot.path.count == 1 else { return nil }
                status = index
            case "telemetries":
                guard slot.path.count == 2, !slot.isList else { return nil }
                metrics.append(Metric(name: slot.path[1], slot: index))
            default: continue
            }
        }
    }
}
