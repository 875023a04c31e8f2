import DeviceProtocol
import Query
import Terminal

extension DeviceRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime) -> [OutputColumn] {
        [
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
