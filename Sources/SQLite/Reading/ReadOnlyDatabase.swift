import CSQLite

/// A database in memory that holds nothing but what is registered on it, and lets SQL do nothing but read that.
///
/// No statement can write, open a file, attach a database, load an extension or change a setting
/// (https://www.sqlite.org/security.html): what a statement wants to do is looked at when it is compiled.
public final class ReadOnlyDatabase {
    private let connection: Connection
    private var gate: ReadingGate
    private let shouldStop: () -> Bool

    /// Makes an empty database.
    ///
    /// - Parameters:
    ///   - heapLimit: the most memory that SQLite may take in this process, bytes; 0 for no limit.
    ///   - shouldStop: asked every now and then while a statement works; true calls it off.
    /// - Throws: ``SQLiteError`` where SQLite refuses.
    public init(heapLimit: Int64 = 0, shouldStop: @escaping () -> Bool = { false }) throws(SQLiteError) {
        connection = try Connection(path: ":memory:", mode: .readWrite)
        gate = ReadingGate()
        self.shouldStop = shouldStop
        if heapLimit > 0 { sqlite3_hard_heap_limit64(heapLimit) }
        // What needs room for sorting goes to files and not into memory.
        try connection.execute("PRAGMA temp_store = FILE; PRAGMA cache_size = -2000")
        let flags: [(Int32, Int32)] = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
            (SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0),
            // A misspelled column in double quotes shall be an error and not a text.
            (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
        ]
        for (flag, value) in flags { _ = tapedeck_sqlite3_set_flag(connection.handle, flag, value) }
        sqlite3_limit(connection.handle, SQLITE_LIMIT_ATTACHED, 0)
        sqlite3_limit(connection.handle, SQLITE_LIMIT_WORKER_THREADS, 0)
        // The context is this object, which closes the connection when it goes.
        let own = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(connection.handle, 2_000, { ReadOnlyDatabase.isStopped($0) ? 1 : 0 }, own)
        sqlite3_set_authorizer(
            connection.handle,
            { own, action, first, second, _, _ in ReadOnlyDatabase.verdict(own, action, first, second) }, own)
    }

    /// Where tables and functions are registered.
    public var handle: DatabaseHandle { DatabaseHandle(connection.handle) }

    /// Compiles one statement that answers rows.
    ///
    /// - Throws: ``SQLError`` where the SQL is wrong, does anything but read, or is more than one statement.
    public func prepare(_ sql: String) throws(SQLError) -> ReadStatement {
        gate.refusal = nil
        return try ReadStatement(self, sql)
    }

    /// Compiles for ``ReadStatement``.
    func compile(
        _ sql: UnsafePointer<CChar>, _ count: Int32, _ tail: inout UnsafePointer<CChar>?
    ) -> (code: Int32, statement: OpaquePointer?) {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection.handle, sql, count, 0, &statement, &tail)
        return (code, statement)
    }

    /// What SQLite says about the call that failed last.
    func error(_ code: Int32, in sql: String) -> SQLError {
        if let refusal = gate.refusal { return SQLError(refusal, kind: .refused) }
        let message = String(cString: sqlite3_errmsg(connection.handle))
        if code & 0xff == SQLITE_INTERRUPT { return SQLError("the query was stopped", kind: .stopped) }
        if code & 0xff == SQLITE_NOMEM {
            return SQLError("the query needs more memory than it may have; let it sort or collect less at once")
        }
        let offset = sqlite3_error_offset(connection.handle)
        return SQLError(message, place: offset < 0 ? nil : SQLError.Place(Int(offset), in: sql))
    }

    private static func isStopped(_ own: UnsafeMutableRawPointer?) -> Bool {
        own.map { Unmanaged<ReadOnlyDatabase>.fromOpaque($0).takeUnretainedValue().shouldStop() } ?? false
    }

    private static func verdict(
        _ own: UnsafeMutableRawPointer?, _ action: Int32, _ first: UnsafePointer<CChar>?,
        _ second: UnsafePointer<CChar>?
    ) -> Int32 {
        guard let own else { return SQLITE_DENY }
        let database = Unmanaged<ReadOnlyDatabase>.fromOpaque(own).takeUnretainedValue()
        let (first, second) = (first.map { String(cString: $0) }, second.map { String(cString: $0) })
        return database.gate.lets(action, first, second) ? SQLITE_OK : SQLITE_DENY
    }
}
