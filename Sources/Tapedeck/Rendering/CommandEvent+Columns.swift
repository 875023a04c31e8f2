import DeviceProtocol
import JSONScan
import Query
import Terminal

extension CommandEvent {
    /// The columns of ``values``.
    ///
    /// - Parameters:
    ///   - times: how the table shows instants.
    ///   - hidesCommand: whether all events are of one command, so that the table need not name it.
    /// - Returns: the columns.
    static func columns(_ times: TableTime, hidesCommand: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 5)
        let id = OutputColumn("id", minimumWidth: 13, priority: 4)
        let name = OutputColumn("name", minimumWidth: 8, maximumWidth: 24, priority: 3)
        return [
            OutputColumn("seq", .trailing, priority: 1),
            OutputColumn("time", title: times.title("time"), minimumWidth: 12, priority: 10),
            OutputColumn("elapsed_ms", title: "after", .trailing, priority: 8),
            OutputColumn("direction", priority: 2),
            OutputColumn("event", priority: 9),
            hidesCommand ? device.withoutTable : device,
            hidesCommand ? id.withoutTable : id,
            hidesCommand ? name.withoutTable : name,
            OutputColumn("state", priority: 9),
            OutputColumn("raw_status", title: "said", maximumWidth: 20, priority: 6),
            OutputColumn("message", minimumWidth: 10, maximumWidth: 50, priority: 7),
            OutputColumn(machineOnly: "parameters"),
            OutputColumn(machineOnly: "match"),
            OutputColumn("evidence", minimumWidth: 10, maximumWidth: 50, priority: 3),
            OutputColumn("anomalies", minimumWidth: 12, priority: 6),
            OutputColumn(machineOnly: "retain"),
            OutputColumn(machineOnly: "topic"),
            OutputColumn(machineOnly: "session"),
        ]
    }

    /// The row's values, in the order of the contract.
    var values: [OutputValue] {
        [
            .integer(sequence),
            .time(arrival),
            .optional(elapsed, OutputValue.milliseconds),
            .shown(.text(direction.rawValue), as: TextTable.Cell(direction.arrow)),
            .painted(kind.rawValue, kind.role),
            .optional(device?.text, OutputValue.id),
            .optional(id, OutputValue.id),
            .optional(name, OutputValue.text),
            .optional(state) { .painted($0.rawValue, $0.role) },
            .optional(rawStatus, OutputValue.text),
            .optional(message, OutputValue.text),
            .optional(parameters, OutputValue.json),
            .optional(match?.rawValue, OutputValue.text),
            .text(evidence),
            .words(anomalies.map(\.word)),
            .flag(isRetained),
            .text(topic),
            .integer(session),
        ]
    }
}

extension Direction {
    /// Who speaks to whom, as a table has it.
    var arrow: String {
        switch self {
        case .deviceToCloud: "device says"
        case .cloudToDevice: "cloud says"
        case .unknown: ""
        }
    }
}

extension CommandEvent.Kind {
    /// The colour of what happened.
    var role: Style.Role {
        switch self {
        case .delivery: .accent
        case .redelivery: .warning
        case .update: .heading
        case .duplicate: .dim
        }
    }
}
