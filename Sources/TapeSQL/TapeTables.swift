public import SQLite

/// The tables and functions that SQL sees of a tape.
public enum TapeTables {
    /// Registers all of them on a connection.
    ///
    /// - Parameters:
    ///   - handle: the connection.
    ///   - source: where the tables find their tape.
    ///   - withPrefix: whether each table has a second name, `tape_messages` and so on, which hides no table of the
    ///     host's own and is hidden by none.
    /// - Throws: ``SQLiteError`` where SQLite refuses.
    public static func register(
        on handle: DatabaseHandle, _ source: TapeSource, withPrefix: Bool = false
    ) throws(SQLiteError) {
        for (name, make) in tables {
            try handle.register(make(source), as: name)
            if withPrefix { try handle.register(make(source), as: "tape_" + name) }
        }
        try defineFunctions(on: handle)
    }

    /// The names of the tables.
    public static var names: [String] { tables.map(\.name) }

    /// The names of the columns of all tables, each once.
    public static let columnNames: Set<String> = {
        let rows = [
            CommandsTable.table.names, DevicesTable.table.names, SessionsTable.table.names, GapsTable.table.names,
            ConfigsTable.table.names, LicensesTable.table.names, FindingsTable.table.names,
        ]
        return Set((MessagesTable.columns + SamplesTable.columns).map(\.name) + rows.flatMap(\.self))
    }()

    /// Adding a table is one line here, and its own file.
    private static let tables: [(name: String, make: @Sendable (TapeSource) -> any VirtualTable)] = [
        ("messages", { MessagesTable($0) }),
        ("samples", { SamplesTable($0) }),
        ("commands", { RowsVirtualTable(CommandsTable.table, $0) }),
        ("devices", { RowsVirtualTable(DevicesTable.table, $0) }),
        ("sessions", { RowsVirtualTable(SessionsTable.table, $0) }),
        ("gaps", { RowsVirtualTable(GapsTable.table, $0) }),
        ("configs", { RowsVirtualTable(ConfigsTable.table, $0) }),
        ("licenses", { RowsVirtualTable(LicensesTable.table, $0) }),
        ("findings", { RowsVirtualTable(FindingsTable.table, $0) }),
    ]
}
