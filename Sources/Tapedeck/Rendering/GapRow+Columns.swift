import DeviceProtocol
import Query
import Terminal

extension GapRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime) -> [OutputColumn] {
        [
            OutputColumn("type", priority: 9),
            OutputColumn("device", minimumWidth: 13, priority: 7),
            OutputColumn(machineOnly: "session"),
            OutputColumn("cause", minimumWidth: 10, maximumWidth: 14, priority: 6),
            OutputColumn("from", title: times.title("from"), minimumWidth: 12, priority: 10),
            OutputColumn("until", minimumWidth: 12, priority: 5),
            OutputColumn("duration_ms", title: "lasted", .trailing, priority: 8),
            OutputColumn("expected_ms", title: "usual", .trailing, priority: 4),
            OutputColumn(machineOnly: "times"),
            OutputColumn("unknown_ms", title: "unknown", .trailing, priority: 3),
            OutputColumn(machineOnly: "open"),
            OutputColumn("missing", .trailing, priority: 1),
            OutputColumn("detail", minimumWidth: 12, maximumWidth: 60, priority: 2),
        ]
    }

    /// How many usual times the silence is long, to a tenth.
    private var times: Double? {
        guard let expected, expected > 0 else { return nil }
        return (Double(duration &- unknown) / Double(expected) * 10).rounded() / 10
    }

    /// The row's values, in the order of the columns.
    var values: [OutputValue] {
        [
            .painted(kind.rawValue, kind == .ledger ? .bad : .warning),
            .optional(device?.text, OutputValue.id),
            .optional(session, OutputValue.integer),
            .optional(cause, OutputValue.text),
            .time(from),
            until.map(OutputValue.time) ?? .shown(.absent, as: TextTable.Cell("lasts", .accent)),
            .milliseconds(duration),
            .optional(expected, OutputValue.milliseconds),
            .optional(times, OutputValue.number),
            unknown > 0 ? .milliseconds(unknown) : .absent,
            .flag(isOpen),
            .optional(missing, OutputValue.integer),
            .optional(detail, OutputValue.text),
        ]
    }
}
