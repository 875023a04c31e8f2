import CSQLite

/// A connection to one SQLite database; it belongs to one thread at a time.
///
/// Thin on purpose: no query builder, no records. A statement outlives its connection safely, because
/// `sqlite3_close_v2` waits for the last of them (https://www.sqlite.org/c3ref/close.html).
public struct Connection: ~Copyable {
    /// How a database file is opened.
    public enum Mode: Sendable {
        /// Reads only; the file must exist.
        case readOnly
        /// Reads a file that nobody writes, without any lock or side file (https://www.sqlite.org/uri.html, immutable).
        case immutable
        /// Reads and writes; the file must exist.
        case readWrite
        /// Reads and writes; the file is made where there is none.
        case create
    }

    let handle: OpaquePointer
    /// The database file as it was named.
    public let path: String

    /// Opens a database.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - mode: what may be done with it.
    ///   - busyTimeout: how long to wait for another connection's lock, in milliseconds.
    /// - Throws: ``SQLiteError`` when SQLite cannot open the file; a file that is no database fails at its first use.
    public init(path: String, mode: Mode, busyTimeout: Int32 = 10_000) throws(SQLiteError) {
        var flags = SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX
        var name = path
        switch mode {
        case .readOnly: flags |= SQLITE_OPEN_READONLY
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .immutable:
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            name = "file:\(Self.uriEscaped(path))?immutable=1"
        }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(name, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
            sqlite3_close_v2(opened)
            throw SQLiteError(code: code, message: message, path: path)
        }
        handle = opened
        self.path = path
        sqlite3_busy_timeout(opened, busyTimeout)
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Runs one or more statements without parameters and without results.
    ///
    /// - Throws: ``SQLiteError`` from the first statement that fails; the ones before it have run.
    public func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql: sql) }
    }

    /// Compiles a statement.
    ///
    /// - Throws: ``SQLiteError`` where the SQL is wrong or names what is not there.
    public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw error(code, sql: sql) }
        return Statement(statement, connection: handle, path: path, sql: sql)
    }

    /// Runs `body` in a transaction and commits it; rolls back when `body` or the commit fails.
    ///
    /// It takes the write lock at once, so that it never fails half way for want of it
    /// (https://www.sqlite.org/lang_transaction.html).
    ///
    /// - Throws: what `body` throws, or ``SQLiteError`` from the transaction itself.
    public func transaction<Value>(
        _ body: () throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value {
        try execute("BEGIN IMMEDIATE")
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // A full disk rolls back by itself (https://www.sqlite.org/lang_transaction.html); a second one would fail.
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// The single integer that a query answers, or nil where it has no row or NULL.
    ///
    /// - Throws: ``SQLiteError`` when the query fails.
    public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
        var statement = try prepare(sql)
        guard try statement.step() else { return nil }
        return statement.optionalInteger(0)
    }

    /// The rowid of the last row inserted by this connection.
    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    private func error(_ code: Int32, sql: String) -> SQLiteError {
        SQLiteError(
            code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)), path: path,
            sql: sql)
    }

    private static func uriEscaped(_ path: String) -> String {
        var escaped = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                escaped.append(Character(Unicode.Scalar(byte)))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                escaped += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return escaped
    }
}
