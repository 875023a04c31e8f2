import DeviceProtocol
import JSONScan
import Query
import Terminal

extension DeviceRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime, hasDetail: Bool = false) -> [OutputColumn] {
        let columns = [
            OutputColumn("device", minimumWidth: 13, priority: 8),
            OutputColumn("first_seen", title: "first seen", minimumWidth: 12, priority: 1),
            OutputColumn("last_seen", title: "last seen", minimumWidth: 12, priority: 7),
            OutputColumn("messages", .trailing, priority: 5),
            OutputColumn("status", minimumWidth: 7, maximumWidth: 16, priority: 6),
            OutputColumn("firmware", minimumWidth: 6, maximumWidth: 16, priority: 4),
            OutputColumn("model", minimumWidth: 6, maximumWidth: 16, priority: 0),
            OutputColumn("clock_skew_ms", title: "clock skew", .trailing, priority: 3),
            OutputColumn("period_s", title: "period", .trailing, priority: 2),
        ]
        guard hasDetail else { return columns }
        return columns + [
            OutputColumn("kinds", minimumWidth: 16, maximumWidth: 80, priority: 0),
            OutputColumn("silences", .trailing, priority: 4),
            OutputColumn("longest_silence_ms", title: "longest", .trailing, priority: 3),
            OutputColumn("silent_for_ms", title: "silent for", .trailing, priority: 5),
            OutputColumn("clock_skew_worst_ms", title: "worst skew", .trailing, priority: 1),
            OutputColumn("clock_skew_outliers", title: "outliers", .trailing, priority: 1),
        ]
    }

    /// What `--detail` adds to ``values``.
    func details(_ silences: DeviceSilences?) -> [OutputValue] {
        let order = MessageKind.allCases.compactMap { kind in kinds[kind].map { (kind.rawValue, $0) } }
        return [
            .shown(
                .json(.object(order.map { JSONMember($0.0, .number(JSONNumber($0.1))) })),
                as: TextTable.Cell(order.map { "\($0.0) \(HumanFormat.count($0.1))" }.joined(separator: ", "))),
            .integer(Int64(silences?.count ?? 0)),
            .optional(silences?.longest, OutputValue.milliseconds),
            .optional(silences?.lasting, OutputValue.milliseconds),
            .optional(worstClockSkew, OutputValue.milliseconds),
            .optional(clockOutliers) { .integer(Int64($0)) },
        ]
    }

    /// The row's values, in the order of the contract.
    var values: [OutputValue] {
        [
            .id(device.text),
            .time(firstSeen),
            .time(lastSeen),
            .integer(Int64(messages)),
            .optional(status) { .painted($0, StatusRole.of($0)) },
            .optional(firmware, OutputValue.text),
            .optional(model, OutputValue.text),
            .optional(clockSkew, OutputValue.milliseconds),
            .optional(period, OutputValue.seconds),
        ]
    }
}

/// The silences of one device, summed up.
struct DeviceSilences {
    /// How many there are.
    private(set) var count = 0
    /// The longest one, ns.
    private(set) var longest: Int64?
    /// The one that still lasts, ns.
    private(set) var lasting: Int64?

    mutating func add(_ row: GapRow) {
        count += 1
        longest = max(longest ?? 0, row.duration)
        if row.isOpen { lasting = row.duration }
    }
}
