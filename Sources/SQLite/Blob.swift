import CSQLite

/// A blob that is read in stretches, so that the rest of it is never loaded (https://www.sqlite.org/c3ref/blob_open.html).
///
/// It belongs to the thread of its connection, and to the transaction in which it was opened.
public struct Blob: ~Copyable {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let path: String
    /// Bytes of the blob.
    public let count: Int

    init(_ connection: OpaquePointer, path: String, table: String, column: String, row: Int64) throws(SQLiteError) {
        var opened: OpaquePointer?
        let code = sqlite3_blob_open(connection, "main", table, column, row, 0, &opened)
        guard code == SQLITE_OK, let opened else {
            throw SQLiteError(code: code, message: String(cString: sqlite3_errmsg(connection)), path: path)
        }
        handle = opened
        self.connection = connection
        self.path = path
        count = Int(sqlite3_blob_bytes(opened))
    }

    deinit {
        sqlite3_blob_close(handle)
    }

    /// A stretch of the blob; nil where it does not lie inside of it.
    ///
    /// - Throws: ``SQLiteError`` when the database cannot be read.
    public func read(_ range: Range<Int>) throws(SQLiteError) -> [UInt8]? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        if range.isEmpty { return [] }
        var code = SQLITE_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
            code = sqlite3_blob_read(
                handle, buffer.baseAddress, Int32(truncatingIfNeeded: range.count),
                Int32(truncatingIfNeeded: range.lowerBound))
            initialized = code == SQLITE_OK ? range.count : 0
        }
        guard code == SQLITE_OK else {
            throw SQLiteError(code: code, message: String(cString: sqlite3_errmsg(connection)), path: path)
        }
        return bytes
    }
}

extension Connection {
    /// Opens a blob for reading in stretches.
    ///
    /// - Throws: ``SQLiteError`` when there is no such blob.
    public func blob(_ table: String, column: String, row: Int64) throws(SQLiteError) -> Blob {
        try Blob(handle, path: path, table: table, column: column, row: row)
    }
}
