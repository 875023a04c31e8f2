import SQLite

/// `samples`: what telemetry says, one row a metric of a message; redeliveries are left out.
///
/// The rows are those of `query telemetry -m '*'`: the condition counts as a metric `status` of each message.
final class SamplesTable: VirtualTable {
    static let columns = [
        ScanColumn("seq", "INTEGER", .integer),
        ScanColumn("time", "TEXT", .time),
        ScanColumn("time_ns", "INTEGER", .integer),
        ScanColumn("device_time", "TEXT"),
        ScanColumn("device_time_ns", "INTEGER"),
        ScanColumn("device", "TEXT", .text),
        ScanColumn("metric", "TEXT", .pattern),
        ScanColumn("value", ""),
        ScanColumn("type", "TEXT"),
        ScanColumn("status", "TEXT"),
        ScanColumn("op", "TEXT"),
        ScanColumn("session", "INTEGER", .number),
        .tape,
    ]

    /// Metrics of a message, for estimates.
    private static let metricsPerMessage = 8.0
    /// Numbers that a grouped scan may keep in memory.
    private static let groupedLimit = 5_000_000.0

    private let source: TapeSource

    init(_ source: TapeSource) {
        self.source = source
    }

    let declaration = ScanColumn.declaration(columns)

    func plan(_ question: TableQuestion) -> String? {
        guard var planner = ScanPlanner(Self.columns, question) else { return nil }
        let size = source.estimate(planner.namedTape)
        planner.promiseArrivalOrder()
        let columnCount = planner.plan.reads(anyOf: "seq", "time", "time_ns", "session") ? 3.0 : 1.0
        if planner.isFixed("metric"), size.unsealed < 100_000, size.telemetry * columnCount < Self.groupedLimit {
            planner.promiseGroups(["device"])
        }
        planner.preferArrivalOrder()
        var rows = size.telemetry * Self.metricsPerMessage
        if planner.isRestricted("metric") { rows /= Self.metricsPerMessage }
        rows = planner.share(of: rows, devices: size.devices)
        if planner.isFixed("seq") { rows = 8 }
        // Opening segments costs, however few rows are found.
        planner.estimate(cost: 2_000 + size.telemetry / 8 + rows, rows: rows)
        return planner.plan.text
    }

    func open() -> VirtualCursor { SamplesCursor(source) }
}
