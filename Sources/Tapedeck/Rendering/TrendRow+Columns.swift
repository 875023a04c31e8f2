import DeviceProtocol
import Query
import Terminal

extension TrendRow {
    /// The columns of ``values(_:)``.
    static func columns(_ times: TableTime, by: String?, _ aggregates: TrendAggregates) -> [OutputColumn] {
        TrendColumns.names(by)
            + [
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
            ] + aggregates.quantiles.map { OutputColumn($0.description, .trailing, priority: 8) }
            + aggregates.extras.flatMap { extra in
                extra == .increase
                    ? [
                        OutputColumn("increase", .trailing, priority: 8),
                        OutputColumn("rate_per_s", title: "rate/s", .trailing, priority: 8),
                    ] : [OutputColumn(extra.rawValue, .trailing, priority: 8)]
            } + [OutputColumn("coverage", .trailing, priority: 0)]
    }

    /// The row's values, in the order of the contract.
    func values(_ aggregates: TrendAggregates) -> [OutputValue] {
        [
            .text(metric),
            .optional(device?.text, OutputValue.id),
            .optional(group, OutputValue.text),
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
        ] + quantiles.map(OutputValue.number)
            + aggregates.extras.flatMap { extra -> [OutputValue] in
                switch extra {
                case .sum: [.number(sum)]
                case .stddev: [.optional(deviation, OutputValue.number)]
                case .increase: [.optional(increase, OutputValue.number), .optional(rate, OutputValue.number)]
                }
            } + [.number(coverage)]
    }
}

extension StateTimesRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime, by: String?) -> [OutputColumn] {
        TrendColumns.names(by)
            + [
                OutputColumn("from", title: times.title("from"), minimumWidth: 12, priority: 10),
                OutputColumn(machineOnly: "until"),
                OutputColumn("value", minimumWidth: 8, priority: 9),
                OutputColumn("duration_s", title: "held", .trailing, priority: 8),
                OutputColumn("share", .trailing, priority: 6),
                OutputColumn("entries", .trailing, priority: 4),
                OutputColumn("coverage", .trailing, priority: 0),
            ]
    }

    /// The row's values, in the order of the contract.
    var values: [OutputValue] {
        [
            .text(metric),
            .optional(device?.text, OutputValue.id),
            .optional(group, OutputValue.text),
            .time(from),
            .time(until),
            .json(value),
            .seconds(duration),
            .number(share),
            .integer(Int64(entries)),
            .number(coverage),
        ]
    }
}

extension TrendComparisonRow {
    /// The columns of ``values``.
    static func columns(_ times: TableTime, by: String?) -> [OutputColumn] {
        TrendColumns.names(by)
            + [
                OutputColumn("from", title: times.title("from"), minimumWidth: 12, priority: 10),
                OutputColumn(machineOnly: "until"),
                OutputColumn("count", .trailing, priority: 5),
                OutputColumn("avg", .trailing, priority: 9),
                OutputColumn("p50", .trailing, priority: 2),
                OutputColumn("p95", .trailing, priority: 3),
                OutputColumn("max", .trailing, priority: 1),
                OutputColumn("base_group", title: "base group", priority: 0),
                OutputColumn("base_from", title: "base from", minimumWidth: 12, priority: 0),
                OutputColumn("base_count", title: "base count", .trailing, priority: 4),
                OutputColumn("base_avg", title: "base avg", .trailing, priority: 8),
                OutputColumn("base_p50", title: "base p50", .trailing, priority: 2),
                OutputColumn("base_p95", title: "base p95", .trailing, priority: 3),
                OutputColumn("base_max", title: "base max", .trailing, priority: 1),
                OutputColumn("change", .trailing, priority: 6),
                OutputColumn("change_percent", title: "change %", .trailing, priority: 7),
            ]
    }

    /// The row's values, in the order of the contract.
    var values: [OutputValue] {
        let one = row ?? base
        return [
            .optional(one?.metric, OutputValue.text),
            .optional(one?.device?.text, OutputValue.id),
            .optional(one?.group, OutputValue.text),
            .optional(row?.from, OutputValue.time),
            .optional(row?.until, OutputValue.time),
            .optional(row?.count) { .integer(Int64($0)) },
            .optional(row?.average, OutputValue.number),
            .optional(row?.median, OutputValue.number),
            .optional(row?.percentile95, OutputValue.number),
            .optional(row?.maximum, OutputValue.number),
            .optional(base?.group ?? base?.device?.text, OutputValue.id),
            .optional(base?.from, OutputValue.time),
            .optional(base?.count) { .integer(Int64($0)) },
            .optional(base?.average, OutputValue.number),
            .optional(base?.median, OutputValue.number),
            .optional(base?.percentile95, OutputValue.number),
            .optional(base?.maximum, OutputValue.number),
            .optional(change, OutputValue.number),
            .optional(changePercent, OutputValue.number),
        ]
    }
}

/// What the answers about metrics have in common.
private enum TrendColumns {
    /// The metric, and what it is grouped by.
    static func names(_ by: String?) -> [OutputColumn] {
        let device = OutputColumn("device", minimumWidth: 13, priority: 8)
        let group = OutputColumn("group", title: by ?? "group", minimumWidth: 8, priority: 8)
        return [
            OutputColumn("metric", minimumWidth: 8, priority: 7),
            by == "device" ? device : device.withoutTable,
            by == nil || by == "device" ? group.withoutTable : group,
        ]
    }
}
