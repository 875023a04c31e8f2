import CSQLite

/// A connection that belongs to somebody else: to a ``Connection``, or to the program that loaded us.
///
/// The pointer must be an open connection as long as this is used; whoever makes one answers for that.
public struct DatabaseHandle {
    let pointer: OpaquePointer

    /// Takes a `sqlite3 *`.
    public init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// The file of the main database as an absolute path; nil for one that has none.
    public var mainFile: String? {
        guard let path = sqlite3_db_filename(pointer, "main"), path.pointee != 0 else { return nil }
        return String(cString: path)
    }

    func error(_ code: Int32) -> SQLiteError {
        SQLiteError(code: code, message: String(cString: sqlite3_errmsg(pointer)), path: mainFile ?? ":memory:")
    }
}

extension DatabaseHandle {
    /// A copy of a text that the host frees with `sqlite3_free`; nil without memory.
    public static func copyForHost(_ text: String) -> UnsafeMutablePointer<CChar>? {
        copy(text)
    }
}
