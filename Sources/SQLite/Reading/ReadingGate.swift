import CSQLite

/// Decides what SQL may do where it may only read (https://www.sqlite.org/c3ref/c_alter_table.html).
struct ReadingGate {
    /// What was refused first; for a person.
    var refusal: String?

    /// Whether a statement may do that; what is not known is refused.
    mutating func lets(_ action: Int32, _ first: String?, _ second: String?) -> Bool {
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return true
        case SQLITE_FUNCTION:
            // Of functions the second text is the name.
            guard let name = second?.lowercased(), Self.refusedFunctions.contains(name) else { return true }
            return refuse("the function \(name)() is")
        case SQLITE_PRAGMA:
            let name = first?.lowercased() ?? ""
            if Self.harmlessPragmas.contains(name) { return true }
            return refuse("PRAGMA \(name) is")
        // SQLite asks for this when a table that needs no creation is first named, and does not do it. Nobody else
        // may change the schema's own table, as long as PRAGMA writable_schema is refused.
        case SQLITE_UPDATE where first == "sqlite_master": return true
        case SQLITE_INSERT where first == "sqlite_master" || first == "sqlite_temp_master":
            // Whatever is created has its row there.
            return refuse("CREATE is")
        case SQLITE_CREATE_VTABLE: return refuse("CREATE VIRTUAL TABLE is")
        default: return refuse((Self.words[action] ?? "this statement") + " is")
        }
    }

    private mutating func refuse(_ what: String) -> Bool {
        refusal = refusal ?? "\(what) not allowed: a query only reads"
        return false
    }

    private static let refusedFunctions: Set<String> = [
        "load_extension", "fts3_tokenizer", "fts5", "readfile", "writefile", "edit",
    ]

    /// They describe tables, functions and the library, and change nothing.
    private static let harmlessPragmas: Set<String> = [
        "collation_list", "compile_options", "database_list", "function_list", "module_list", "pragma_list",
        "table_info", "table_list", "table_xinfo",
    ]

    private static let words: [Int32: String] = [
        SQLITE_INSERT: "INSERT", SQLITE_UPDATE: "UPDATE", SQLITE_DELETE: "DELETE", SQLITE_ATTACH: "ATTACH",
        SQLITE_DETACH: "DETACH", SQLITE_TRANSACTION: "a transaction", SQLITE_SAVEPOINT: "a savepoint",
        SQLITE_CREATE_TABLE: "CREATE TABLE", SQLITE_CREATE_TEMP_TABLE: "CREATE TABLE",
        SQLITE_CREATE_INDEX: "CREATE INDEX", SQLITE_CREATE_TEMP_INDEX: "CREATE INDEX",
        SQLITE_CREATE_VIEW: "CREATE VIEW", SQLITE_CREATE_TEMP_VIEW: "CREATE VIEW",
        SQLITE_CREATE_TRIGGER: "CREATE TRIGGER", SQLITE_CREATE_TEMP_TRIGGER: "CREATE TRIGGER",
        SQLITE_DROP_TABLE: "DROP TABLE", SQLITE_DROP_VTABLE: "DROP TABLE", SQLITE_DROP_TEMP_TABLE: "DROP TABLE",
        SQLITE_DROP_VIEW: "DROP VIEW", SQLITE_DROP_INDEX: "DROP INDEX", SQLITE_DROP_TRIGGER: "DROP TRIGGER",
        SQLITE_ALTER_TABLE: "ALTER TABLE", SQLITE_REINDEX: "REINDEX", SQLITE_ANALYZE: "ANALYZE",
    ]
}
