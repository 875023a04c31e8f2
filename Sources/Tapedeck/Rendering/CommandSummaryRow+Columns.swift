import Query
import Terminal

extension CommandSummaryRow {
    /// The columns of ``values``.
    static var columns: [OutputColumn] {
        [
            OutputColumn("name", minimumWidth: 8, maximumWidth: 32, priority: 9),
            OutputColumn("count", .trailing, priority: 8),
            OutputColumn("done", .trailing, priority: 5),
            OutputColumn("failed", .trailing, priority: 6),
            OutputColumn("open", .trailing, priority: 4),
            OutputColumn("success_rate", title: "success", .trailing, priority: 7),
            OutputColumn("p50_ms", title: "p50", .trailing, priority: 2),
            OutputColumn("p95_ms", title: "p95", .trailing, priority: 3),
            OutputColumn("max_ms", title: "max", .trailing, priority: 1),
            OutputColumn("redeliveries", title: "resent", .trailing, priority: 0),
        ]
    }

    /// The row's values, in the order of the contract.
    var values: [OutputValue] {
        [
            .optional(name, OutputValue.text),
            .integer(Int64(count)),
            .integer(Int64(done)),
            .integer(Int64(failed)),
            .integer(Int64(open)),
            .optional(successRate, OutputValue.number),
            .optional(median, OutputValue.milliseconds),
            .optional(percentile95, OutputValue.milliseconds),
            .optional(longest, OutputValue.milliseconds),
            .integer(Int64(redeliveries)),
        ]
    }
}
