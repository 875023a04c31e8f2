import DeviceProtocol
import Query
import Terminal

extension LicenseRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime, hidesDevice: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 8)
        return [
            hidesDevice ? device.withoutTable : device,
            OutputColumn("id", minimumWidth: 13, priority: 6),
            OutputColumn("action", priority: 10),
            OutputColumn("state", priority: 9),
            OutputColumn(machineOnly: "raw_state"),
            OutputColumn(machineOnly: "acknowledged"),
            OutputColumn("sent_at", title: times.title("sent"), minimumWidth: 12, priority: 7),
            OutputColumn(machineOnly: "acknowledged_at"),
            OutputColumn("lag_ms", title: "took", .trailing, priority: 4),
            OutputColumn("unacknowledged_for_ms", title: "open for", .trailing, priority: 5),
            OutputColumn("expires_at", title: "expires", minimumWidth: 12, priority: 2),
            OutputColumn(machineOnly: "expired"),
            OutputColumn("deliveries", .trailing, priority: 1),
            OutputColumn(machineOnly: "redeliveries"),
            OutputColumn(machineOnly: "updates"),
            OutputColumn(machineOnly: "match"),
            OutputColumn("error", minimumWidth: 10, maximumWidth: 40, priority: 0),
            OutputColumn("anomalies", minimumWidth: 12, priority: 3),
        ]
    }

    /// The row's values, in the order of the columns.
    var values: [OutputValue] {
        [
            .optional(device?.text, OutputValue.id),
            .optional(id, OutputValue.id),
            .optional(action?.rawValue, OutputValue.text),
            .optional(state) { .painted($0.rawValue, $0.role) },
            .optional(rawState, OutputValue.text),
            .flag(isAcknowledged),
            .optional(sentAt, OutputValue.time),
            .optional(acknowledgedAt, OutputValue.time),
            .optional(lag, OutputValue.milliseconds),
            .optional(unacknowledgedFor, OutputValue.milliseconds),
            .optional(expiresAt, OutputValue.time),
            .optional(isExpired, OutputValue.flag),
            .integer(Int64(deliveries)),
            .integer(Int64(max(0, deliveries - 1))),
            .integer(Int64(updates)),
            .optional(match?.rawValue, OutputValue.text),
            .optional(error, OutputValue.text),
            .words(anomalies.map(\.rawValue)),
        ]
    }
}

extension LicenseState.State {
    fileprivate var role: Style.Role {
        switch self {
        case .inUse, .removed, .done: .good
        case .pending: .dim
        case .error: .bad
        case .other: .warning
        }
    }
}
