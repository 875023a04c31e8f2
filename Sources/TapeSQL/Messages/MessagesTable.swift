import SQLite

/// `messages`: the messages themselves, one row a message, redeliveries included.
final class MessagesTable: VirtualTable {
    static let columns = [
        ScanColumn("seq", "INTEGER", .integer),
        ScanColumn("time", "TEXT", .time),
        ScanColumn("time_ns", "INTEGER", .integer),
        ScanColumn("device_time", "TEXT"),
        ScanColumn("device_time_ns", "INTEGER"),
        ScanColumn("device", "TEXT", .text),
        ScanColumn("kind", "TEXT", .text),
        ScanColumn("topic", "TEXT", .text),
        ScanColumn("qos", "INTEGER"),
        ScanColumn("retain", "INTEGER"),
        ScanColumn("dup", "INTEGER"),
        ScanColumn("payload", ""),
        ScanColumn("properties", "TEXT"),
        ScanColumn("session", "INTEGER", .number),
        ScanColumn("duplicate_of", "INTEGER"),
        ScanColumn("redactions", "INTEGER"),
        .tape,
    ]

    /// Columns that do not take the whole message.
    static let lightColumns: Set<String> = ["seq", "time", "time_ns", "device", "kind", "topic", "session"]
    /// Messages whose times a grouped scan may keep in memory.
    private static let groupedLimit = 4_000_000.0

    private let source: TapeSource

    init(_ source: TapeSource) {
        self.source = source
    }

    let declaration = ScanColumn.declaration(columns)

    func plan(_ question: TableQuestion) -> String? {
        guard var planner = ScanPlanner(Self.columns, question) else { return nil }
        let size = source.estimate(planner.namedTape)
        planner.promiseArrivalOrder()
        let isLight = planner.plan.columns.allSatisfy { Self.lightColumns.contains($0) }
        let needsTimes = planner.plan.reads(anyOf: "seq", "time", "time_ns", "session")
        if isLight, size.unsealed < 100_000, !needsTimes || size.messages < Self.groupedLimit / 2,
            size.messages < Self.groupedLimit * 25
        {
            planner.promiseGroups(["device", "kind"])
        }
        planner.preferArrivalOrder()
        var rows = size.messages
        if planner.isRestricted("kind") { rows /= 8 }
        rows = planner.share(of: rows, devices: size.devices)
        if planner.isFixed("seq") { rows = 1 }
        // A whole message takes long beside the few columns that suffice else.
        planner.estimate(
            cost: 2_000 + size.messages / 16 + rows * (isLight ? 1 : 8), rows: rows, isUnique: planner.isFixed("seq"))
        return planner.plan.text
    }

    func open() -> VirtualCursor { MessagesCursor(source) }
}
