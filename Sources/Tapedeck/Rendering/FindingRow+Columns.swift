import DeviceProtocol
import Query
import Terminal

extension FindingRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime, hidesDevice: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 7)
        return [
            OutputColumn("code", priority: 10),
            OutputColumn("kind", priority: 6),
            hidesDevice ? device.withoutTable : device,
            OutputColumn("count", .trailing, priority: 9),
            OutputColumn("first_seen", title: times.title("first seen"), minimumWidth: 12, priority: 2),
            OutputColumn("last_seen", title: "last seen", minimumWidth: 12, priority: 3),
            OutputColumn("seq", .trailing, priority: 5),
            OutputColumn("detail", minimumWidth: 20, maximumWidth: 100, priority: 8),
        ]
    }

    /// The row's values, in the order of the columns.
    var values: [OutputValue] {
        [
            .painted(code, .warning),
            .text(kind.rawValue),
            .optional(device?.text, OutputValue.id),
            .integer(Int64(count)),
            .time(firstSeen),
            .time(lastSeen),
            .integer(sequence),
            .text(detail),
        ]
    }
}
