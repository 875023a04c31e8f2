import CSQLite

/// One compiled statement that answers rows; it keeps its database open.
public final class ReadStatement {
    private let database: ReadOnlyDatabase
    private let handle: OpaquePointer
    private let sql: String

    init(_ database: ReadOnlyDatabase, _ sql: String) throws(SQLError) {
        self.database = database
        self.sql = sql
        guard let length = Int32(exactly: sql.utf8.count), !sql.utf8.contains(0) else {
            throw SQLError("the SQL holds a NUL character, or more than 2 GB")
        }
        var text = sql.utf8CString
        var rest = ""
        var found: (code: Int32, statement: OpaquePointer?) = (SQLITE_OK, nil)
        text.withUnsafeMutableBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            var tail: UnsafePointer<CChar>?
            found = database.compile(start, length, &tail)
            if let tail { rest = String(cString: tail) }
        }
        guard found.code == SQLITE_OK else { throw database.error(found.code, in: sql) }
        guard let statement = found.statement else { throw SQLError("there is no SQL") }
        handle = statement
        // From here on `deinit` takes the statement away.
        try Self.checkRest(rest, database, sql)
        guard sqlite3_column_count(statement) > 0, sqlite3_stmt_readonly(statement) != 0 else {
            throw SQLError("this statement answers no rows: a query only reads", kind: .refused)
        }
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Nothing but space and comments may follow.
    private static func checkRest(_ rest: String, _ database: ReadOnlyDatabase, _ sql: String) throws(SQLError) {
        var tail: UnsafePointer<CChar>?
        var bytes = rest.utf8CString
        let further = bytes.withUnsafeMutableBufferPointer { bytes -> (code: Int32, statement: OpaquePointer?) in
            guard let start = bytes.baseAddress else { return (SQLITE_OK, nil) }
            return database.compile(start, -1, &tail)
        }
        sqlite3_finalize(further.statement)
        guard further.code != SQLITE_OK || further.statement != nil else { return }
        let place = SQLError.Place(sql.utf8.count - rest.utf8.count, in: sql)
        throw SQLError("only one statement can be asked at a time; a second one begins", place: place)
    }

    /// How many columns a row has.
    public var columnCount: Int { Int(sqlite3_column_count(handle)) }

    /// The name of a column.
    public func name(of column: Int) -> String {
        sqlite3_column_name(handle, Int32(truncatingIfNeeded: column)).map { String(cString: $0) } ?? ""
    }

    /// Whether the statement only explains another one (`EXPLAIN`).
    public var isExplanation: Bool { sqlite3_stmt_isexplain(handle) != 0 }

    /// Moves on to the next row; false at the end.
    ///
    /// - Throws: ``SQLError``.
    public func step() throws(SQLError) -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw database.error(code, in: sql)
        }
    }

    /// The value of a column of the row.
    public func value(of column: Int) -> SQLValue {
        let column = Int32(truncatingIfNeeded: column)
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(handle, column)
            let bytes = UnsafeBufferPointer(
                start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(handle, column)
            let bytes = UnsafeRawBufferPointer(
                start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
            return .blob(Array(bytes))
        default: return .null
        }
    }

    /// Gives a parameter of the statement (`?1`, `:name`) a value.
    ///
    /// - Throws: ``SQLError`` where there is no such parameter.
    public func bind(_ value: SQLValue, to index: Int) throws(SQLError) {
        let index = Int32(truncatingIfNeeded: index)
        let code =
            switch value {
            case .null: sqlite3_bind_null(handle, index)
            case .integer(let value): sqlite3_bind_int64(handle, index, value)
            case .real(let value): sqlite3_bind_double(handle, index, value)
            case .text(let value):
                tapedeck_sqlite3_bind_text_transient(handle, index, value, Int32(truncatingIfNeeded: value.utf8.count))
            case .blob(let value):
                tapedeck_sqlite3_bind_blob_transient(handle, index, value, Int32(truncatingIfNeeded: value.count))
            }
        guard code == SQLITE_OK else { throw database.error(code, in: sql) }
    }
}
