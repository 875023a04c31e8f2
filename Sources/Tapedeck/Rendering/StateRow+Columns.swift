import DeviceProtocol
import JSONScan
import Query
import Terminal

extension StateRow {
    /// The columns of ``values(hasAges:)``.
    static func columns(_ times: TableTime, hasAges: Bool, hidesDevice: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 10)
        let columns = [
            hidesDevice ? device.withoutTable : device,
            OutputColumn("status", minimumWidth: 7, maximumWidth: 16, priority: 9),
            OutputColumn("last_seen", title: "last seen", minimumWidth: 12, priority: 8),
            OutputColumn("metrics", minimumWidth: 20, maximumWidth: hidesDevice ? 400 : 60, priority: 5),
            OutputColumn("config_version", title: "config", minimumWidth: 6, priority: 4),
            OutputColumn("firmware", minimumWidth: 6, maximumWidth: 16, priority: 7),
            OutputColumn(machineOnly: "latest_firmware"),
            OutputColumn("licenses", .trailing, priority: 1),
            OutputColumn(machineOnly: "latest_config_version"),
            OutputColumn(machineOnly: "latest_firmware_file_id"),
            OutputColumn(machineOnly: "model"),
            OutputColumn(machineOnly: "name"),
            OutputColumn("space", minimumWidth: 8, maximumWidth: 24, priority: 2),
            OutputColumn(machineOnly: "maintenance"),
            OutputColumn("open_commands", title: "open commands", .trailing, priority: 3),
            OutputColumn(machineOnly: "last_telemetry"),
            OutputColumn(machineOnly: "retained"),
        ]
        return hasAges ? columns + [OutputColumn(machineOnly: "metrics_at")] : columns
    }

    /// The row's values, in the order of the contract.
    func values(hasAges: Bool) -> [OutputValue] {
        let members = metrics.map { JSONMember($0.name, $0.value) }
        let values: [OutputValue] = [
            .id(device.text),
            .optional(status) { .painted($0, StatusRole.of($0)) },
            .optional(lastSeen, OutputValue.time),
            .shown(.json(.object(members)), as: TextTable.Cell(Self.text(members))),
            .optional(configVersion) {
                let isBehind = latestConfigVersion.map { $0 != configVersion } ?? false
                return .shown(
                    .text($0),
                    as: isBehind
                        ? TextTable.Cell("\($0) of \(latestConfigVersion ?? "")", .warning) : TextTable.Cell($0))
            },
            .optional(firmware) {
                let isBehind = latestFirmware.map { $0 != firmware } ?? false
                return isBehind ? .painted($0, .warning) : .text($0)
            },
            .optional(latestFirmware, OutputValue.text),
            .shown(
                .json(.array(licenses.map(\.json))), as: TextTable.Cell(licenses.isEmpty ? "" : "\(licenses.count)")),
            .optional(latestConfigVersion, OutputValue.text),
            .optional(latestFileID, OutputValue.text),
            .optional(model, OutputValue.text),
            .optional(name, OutputValue.text),
            .optional(space) { maintenance == true ? .painted($0, .warning) : .text($0) },
            .optional(maintenance, OutputValue.flag),
            .shown(
                .integer(Int64(openCommands)),
                as: TextTable.Cell(openCommands > 0 ? HumanFormat.count(openCommands) : "", .warning)),
            .optional(lastTelemetry, OutputValue.time),
            .optional(retained.isEmpty ? nil : retained) { .json(.array($0.map { .string($0) })) },
        ]
        guard hasAges else { return values }
        return values + [.json(.object(metrics.map { JSONMember($0.name, .string($0.arrival.rfc3339)) }))]
    }

    /// `brightness=80 input="hdmi1"`.
    private static func text(_ members: [JSONMember]) -> String {
        members.map { "\($0.key)=\($0.value.string ?? $0.value.description)" }.joined(separator: " ")
    }
}

extension StateRow.License {
    /// The licence as an object without what is not known.
    fileprivate var json: JSONValue {
        var members = [JSONMember("id", .string(id))]
        if let action { members.append(JSONMember("action", .string(action.rawValue))) }
        if let state { members.append(JSONMember("state", .string(state))) }
        if let expiresAt { members.append(JSONMember("expires_at", .string(expiresAt.rfc3339))) }
        return .object(members)
    }
}
