import DeviceProtocol
import Query
import Terminal

extension CommandRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime, hidesDevice: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 8)
        return [
            hidesDevice ? device.withoutTable : device,
            OutputColumn("id", minimumWidth: 13, priority: 3),
            OutputColumn("name", minimumWidth: 8, maximumWidth: 24, priority: 7),
            OutputColumn("state", priority: 10),
            OutputColumn(machineOnly: "raw_status"),
            OutputColumn("first_seen", title: times.title("seen"), minimumWidth: 12, priority: 9),
            OutputColumn(machineOnly: "in_progress_at"),
            OutputColumn(machineOnly: "ended_at"),
            OutputColumn("duration_ms", title: "took", .trailing, priority: 6),
            OutputColumn("open_for_ms", title: "open for", .trailing, priority: 4),
            OutputColumn("deliveries", title: "sent", .trailing, priority: 1),
            OutputColumn("updates", title: "updates", .trailing, priority: 0),
            OutputColumn(machineOnly: "match"),
            OutputColumn("anomalies", minimumWidth: 12, priority: 5),
            OutputColumn("message", minimumWidth: 10, maximumWidth: 60, priority: 2),
        ]
    }

    /// The row's values, in the order of the contract.
    var values: [OutputValue] {
        [
            .optional(device?.text, OutputValue.id),
            .optional(id, OutputValue.id),
            .optional(name, OutputValue.text),
            .painted(state.rawValue, state.role),
            .optional(rawStatus, OutputValue.text),
            .time(firstSeen),
            .optional(inProgressAt, OutputValue.time),
            .optional(endedAt, OutputValue.time),
            .optional(duration, OutputValue.milliseconds),
            .optional(openFor, OutputValue.milliseconds),
            .integer(Int64(deliveries)),
            .integer(Int64(updates)),
            .optional(match?.rawValue, OutputValue.text),
            .words(anomalies.map(\.word)),
            .optional(message, OutputValue.text),
        ]
    }
}
