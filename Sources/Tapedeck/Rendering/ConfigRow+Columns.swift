import DeviceProtocol
import JSONScan
import Query
import Terminal

extension ConfigRow {
    /// When the version was seen first.
    var firstSeen: Timestamp? { [sentAt, echoedAt, appliedAt].compactMap(\.self).min() }

    /// The columns of ``values(showsChanges:)``.
    static func columns(_ times: TableTime, hidesDevice: Bool, showsChanges: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 8)
        let columns = [
            hidesDevice ? device.withoutTable : device,
            OutputColumn("version", .trailing, minimumWidth: 4, maximumWidth: 20, priority: 10),
            OutputColumn("state", priority: 9),
            OutputColumn("sent_at", title: times.title("sent"), minimumWidth: 12, priority: 7),
            OutputColumn("echoed_at", title: "echoed", minimumWidth: 12, priority: 3),
            OutputColumn(machineOnly: "applied_at"),
            OutputColumn("lag_ms", title: "lag", .trailing, priority: 6),
            OutputColumn(machineOnly: "converged_at"),
            OutputColumn("waiting_for_ms", title: "waiting", .trailing, priority: 5),
            OutputColumn("deliveries", .trailing, priority: 1),
            OutputColumn(machineOnly: "redeliveries"),
            OutputColumn(machineOnly: "echoes"),
            OutputColumn(machineOnly: "last_updated"),
            OutputColumn(machineOnly: "previous"),
            OutputColumn("changes", .trailing, priority: 2),
            OutputColumn("anomalies", minimumWidth: 12, priority: 4),
        ]
        guard showsChanges else { return columns }
        return columns + [OutputColumn(machineOnly: "diff"), OutputColumn(machineOnly: "echo_diff")]
    }

    /// The row's values, in the order of the columns.
    func values(showsChanges: Bool) -> [OutputValue] {
        let values: [OutputValue] = [
            .optional(device?.text, OutputValue.id),
            .optional(version, OutputValue.text),
            .painted(state.rawValue, state.role),
            .optional(sentAt, OutputValue.time),
            .optional(echoedAt, OutputValue.time),
            .optional(appliedAt, OutputValue.time),
            .optional(lag, OutputValue.milliseconds),
            .optional(convergedAt, OutputValue.time),
            .optional(waitingFor, OutputValue.milliseconds),
            .integer(Int64(deliveries)),
            .integer(Int64(max(0, deliveries - 1))),
            .integer(Int64(echoes)),
            .optional(lastUpdated, OutputValue.time),
            .optional(previous, OutputValue.text),
            .optional(changeCount) { .integer(Int64($0)) },
            .words(anomalies.map(\.rawValue)),
        ]
        guard showsChanges else { return values }
        return values + [changes, echoChanges].map { .optional($0) { .json(.array($0.map(\.json))) } }
    }

    /// The differences to the version before as rows of their own.
    var changeRows: [ConfigChangeRow] {
        (changes ?? []).map {
            ConfigChangeRow(device: device, version: version, sentAt: firstSeen, change: $0, isEcho: false)
        }
            + (echoChanges ?? []).map {
                ConfigChangeRow(device: device, version: version, sentAt: echoedAt, change: $0, isEcho: true)
            }
    }
}

/// One difference between two versions of a configuration.
struct ConfigChangeRow {
    var device: DeviceID?
    var version: String?
    var sentAt: Timestamp?
    var change: ConfigChange
    /// Whether the device sent it back so, and not the cloud sent it.
    var isEcho: Bool

    /// The columns of ``values``.
    static func columns(_ times: TableTime, hidesDevice: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 5)
        return [
            hidesDevice ? device.withoutTable : device,
            OutputColumn("version", .trailing, minimumWidth: 4, maximumWidth: 20, priority: 7),
            OutputColumn("sent_at", title: times.title("seen"), minimumWidth: 12, priority: 6),
            OutputColumn("by", priority: 4),
            OutputColumn("op", priority: 8),
            OutputColumn("path", minimumWidth: 12, maximumWidth: 60, priority: 10),
            OutputColumn("old", minimumWidth: 8, maximumWidth: 60, priority: 8),
            OutputColumn("new", minimumWidth: 8, maximumWidth: 60, priority: 9),
        ]
    }

    /// The row's values, in the order of the columns.
    var values: [OutputValue] {
        let secret: OutputValue? = change.isSecret ? .painted("(secret)", .dim) : nil
        return [
            .optional(device?.text, OutputValue.id),
            .optional(version, OutputValue.text),
            .optional(sentAt, OutputValue.time),
            .text(isEcho ? "device" : "cloud"),
            .painted(change.operation.rawValue, change.operation.role),
            .text(change.path),
            change.operation == .added ? .absent : secret ?? .optional(change.old, OutputValue.json),
            change.operation == .removed ? .absent : secret ?? .optional(change.new, OutputValue.json),
        ]
    }
}

extension ConfigChange {
    /// The difference as an object.
    var json: JSONValue {
        var members = [JSONMember("op", .string(operation.rawValue)), JSONMember("path", .string(path))]
        if let old { members.append(JSONMember("old", old)) }
        if let new { members.append(JSONMember("new", new)) }
        if isSecret { members.append(JSONMember("secret", .bool(true))) }
        return .object(members)
    }
}

extension ConfigChange.Operation {
    fileprivate var role: Style.Role {
        switch self {
        case .added: .good
        case .removed: .bad
        case .changed: .accent
        }
    }
}

extension ConfigRow.State {
    fileprivate var role: Style.Role {
        switch self {
        case .converged: .good
        case .waiting: .warning
        case .superseded: .dim
        case .local: .accent
        }
    }
}
