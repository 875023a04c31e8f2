import CSQLite

/// What SQLite refused and why.
public struct SQLiteError: Error, Hashable, CustomStringConvertible {
    /// The extended result code (https://www.sqlite.org/rescode.html).
    public var code: Int32
    /// SQLite's own words.
    public var message: String
    /// The database file.
    public var path: String
    /// The statement that failed, if it was one.
    public var sql: String?

    /// Makes an error from its parts.
    public init(code: Int32, message: String, path: String, sql: String? = nil) {
        self.code = code
        self.message = message
        self.path = path
        self.sql = sql
    }

    /// The primary result code, which is the low byte of the extended one.
    public var primaryCode: Int32 { code & 0xff }

    /// Another connection holds a lock.
    public var isBusy: Bool { primaryCode == SQLITE_BUSY || primaryCode == SQLITE_LOCKED }
    /// The disk or the database is full.
    public var isFull: Bool { primaryCode == SQLITE_FULL }
    /// The operating system refused to read or write, or to open a side file.
    public var isInputOutput: Bool { primaryCode == SQLITE_IOERR || primaryCode == SQLITE_CANTOPEN }
    /// The file begins like no SQLite database.
    public var isNotADatabase: Bool { primaryCode == SQLITE_NOTADB }
    /// The file is damaged.
    public var isCorrupt: Bool { primaryCode == SQLITE_CORRUPT }
    /// The file, its folder or its file system does not allow writing.
    public var isReadOnly: Bool { primaryCode == SQLITE_READONLY }

    /// One sentence for a person.
    public var description: String {
        var text = "\(path): \(message) (SQLite \(code))"
        if let sql { text += " in `\(sql)`" }
        return text
    }
}
