import CSQLite

/// A compiled statement; it belongs to the thread of its connection.
///
/// Parameters count from 1 and columns from 0, as in SQLite's own interface.
public struct Statement: ~Copyable {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let path: String
    private let sql: String

    init(_ handle: OpaquePointer, connection: OpaquePointer, path: String, sql: String) {
        self.handle = handle
        self.connection = connection
        self.path = path
        self.sql = sql
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Advances to the next row; false when there is none.
    ///
    /// - Throws: ``SQLiteError`` when the statement fails.
    public mutating func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw error()
        }
    }

    /// Runs a statement that answers no rows, and makes it ready for the next time.
    ///
    /// - Throws: ``SQLiteError`` when the statement fails.
    public mutating func run() throws(SQLiteError) {
        defer { reset() }
        while try step() {}
    }

    /// Makes the statement ready to run again; parameters keep their values.
    public mutating func reset() {
        sqlite3_reset(handle)
    }

    /// Gives a parameter an integer.
    ///
    /// - Throws: ``SQLiteError`` when there is no such parameter.
    public mutating func bind(_ index: Int32, _ value: Int64) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    /// Gives a parameter an integer or NULL.
    ///
    /// - Throws: ``SQLiteError`` when there is no such parameter.
    public mutating func bind(_ index: Int32, _ value: Int64?) throws(SQLiteError) {
        guard let value else { return try check(sqlite3_bind_null(handle, index)) }
        try bind(index, value)
    }

    /// Gives a parameter a text or NULL.
    ///
    /// - Throws: ``SQLiteError`` when there is no such parameter or no memory.
    public mutating func bind(_ index: Int32, _ value: String?) throws(SQLiteError) {
        guard var value else { return try check(sqlite3_bind_null(handle, index)) }
        guard !value.isEmpty else {
            return try check(tapedeck_sqlite3_bind_text_transient(handle, index, "", 0))
        }
        try check(
            value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    tapedeck_sqlite3_bind_text_transient(handle, index, text.baseAddress, Int32(text.count))
                }
            })
    }

    /// Gives a parameter a blob.
    ///
    /// - Throws: ``SQLiteError`` when there is no such parameter, no memory, or more bytes than SQLite's limit.
    public mutating func bind(_ index: Int32, _ value: [UInt8]) throws(SQLiteError) {
        guard value.count <= Int(Int32.max) else {
            throw SQLiteError(
                code: SQLITE_TOOBIG, message: "a blob of \(value.count) bytes is more than SQLite holds", path: path,
                sql: sql)
        }
        guard !value.isEmpty else { return try check(sqlite3_bind_zeroblob(handle, index, 0)) }
        try check(
            value.withUnsafeBytes { bytes in
                tapedeck_sqlite3_bind_blob_transient(handle, index, bytes.baseAddress, Int32(bytes.count))
            })
    }

    /// A column as an integer; NULL is 0.
    public func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    /// A column as an integer, or nil for NULL.
    public func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    /// A column as text; NULL is empty.
    public func text(_ column: Int32) -> String {
        optionalText(column) ?? ""
    }

    /// A column as text, or nil for NULL.
    public func optionalText(_ column: Int32) -> String? {
        guard let start = sqlite3_column_text(handle, column) else { return nil }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A copy of a column's bytes; NULL is empty.
    public func blob(_ column: Int32) -> [UInt8] {
        withBlob(column) { Array($0) }
    }

    /// Lends a column's bytes without a copy; they are valid until the statement steps or is reset.
    public func withBlob<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        // The pointer must be asked for before the size (https://www.sqlite.org/c3ref/column_blob.html).
        let start = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// Whether a column holds NULL.
    public func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else { throw error() }
    }

    private func error() -> SQLiteError {
        SQLiteError(
            code: sqlite3_extended_errcode(connection), message: String(cString: sqlite3_errmsg(connection)),
            path: path,
            sql: sql)
    }
}
