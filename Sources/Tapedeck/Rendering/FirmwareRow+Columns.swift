import DeviceProtocol
import Query
import Terminal

extension FirmwareRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime) -> [OutputColumn] {
        [
            OutputColumn("device", minimumWidth: 13, priority: 8),
            OutputColumn("state", priority: 10),
            OutputColumn("reported", minimumWidth: 8, maximumWidth: 24, priority: 9),
            OutputColumn("reported_at", title: "reported at", minimumWidth: 12, priority: 3),
            OutputColumn("source", priority: 1),
            OutputColumn(machineOnly: "previous"),
            OutputColumn("latest", minimumWidth: 8, maximumWidth: 24, priority: 7),
            OutputColumn("latest_at", title: "offered at", minimumWidth: 12, priority: 4),
            OutputColumn(machineOnly: "latest_file_id"),
            OutputColumn("notices", title: "offers", .trailing, priority: 0),
            OutputColumn("lag_ms", title: "took", .trailing, priority: 2),
            OutputColumn("behind_for_ms", title: "behind for", .trailing, priority: 6),
        ]
    }

    /// The row's values, in the order of the columns.
    var values: [OutputValue] {
        [
            .optional(device?.text, OutputValue.id),
            .painted(state.rawValue, state.role),
            .optional(reported, OutputValue.text),
            .optional(reportedAt, OutputValue.time),
            .optional(source?.rawValue, OutputValue.text),
            .optional(previous, OutputValue.text),
            .optional(latest, OutputValue.text),
            .optional(latestAt, OutputValue.time),
            .optional(fileID, OutputValue.id),
            .integer(Int64(notices)),
            .optional(lag, OutputValue.milliseconds),
            .optional(behindFor, OutputValue.milliseconds),
        ]
    }
}

extension FirmwareRow.State {
    fileprivate var role: Style.Role {
        switch self {
        case .upToDate: .good
        case .upgrade, .downgrade: .warning
        case .differs: .accent
        case .unknown: .dim
        }
    }
}
