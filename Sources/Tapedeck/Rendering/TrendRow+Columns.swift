import DeviceProtocol
import Query
import Terminal

extension TrendRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime, hidesDevice: Bool) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 8)
        return [
            OutputColumn("metric", minimumWidth: 8, priority: 7),
            hidesDevice ? device.withoutTable : device,
            OutputColumn("from", title: times.title("from"), minimumWidth: 12, priority: 10),
            OutputColumn(machineOnly: "until"),
            OutputColumn("count", .trailing, priority: 6),
            OutputColumn("min", .trailing, priority: 5),
            OutputColumn("max", .trailing, priority: 5),
            OutputColumn("avg", .trailing, priority: 9),
            OutputColumn("p50", .trailing, priority: 3),
            OutputColumn("p95", .trailing, priority: 4),
            OutputColumn("first", .trailing, priority: 1),
            OutputColumn("last", .trailing, priority: 2),
            OutputColumn("coverage", .trailing, priority: 0),
        ]
    }

    /// The row's values, in the order of the contract.
    var values: [OutputValue] {
        [
            .text(metric),
            .optional(device?.text, OutputValue.id),
            .time(from),
            .time(until),
            .integer(Int64(count)),
            .number(minimum),
            .number(maximum),
            .number(average),
            .number(median),
            .number(percentile95),
            .number(first),
            .number(last),
            .number(coverage),
        ]
    }
}
