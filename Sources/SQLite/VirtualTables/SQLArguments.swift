import CSQLite

/// What SQLite hands to a function or to the beginning of a scan; valid during that call only.
public struct SQLArguments {
    private let values: UnsafeMutablePointer<OpaquePointer?>?
    /// How many there are.
    public let count: Int

    init(_ values: UnsafeMutablePointer<OpaquePointer?>?, count: Int32) {
        self.values = values
        self.count = Int(count)
    }

    /// An argument; NULL where there is none.
    public subscript(index: Int) -> SQLValue {
        handle(index).map(SQLValue.init) ?? .null
    }

    /// An argument as a number; nil for NULL and for what is no number, also not as text.
    public func number(_ index: Int) -> Double? {
        guard let value = handle(index) else { return nil }
        switch sqlite3_value_numeric_type(value) {
        case SQLITE_INTEGER, SQLITE_FLOAT: return sqlite3_value_double(value)
        default: return nil
        }
    }

    /// The values of an argument that stands for a list (``TableQuestion/Constraint/isList``).
    ///
    /// - Throws: ``TableError`` where it stands for none.
    public func list(_ index: Int) throws(TableError) -> [SQLValue] {
        var found: [SQLValue] = []
        var element: OpaquePointer?
        var code = sqlite3_vtab_in_first(handle(index), &element)
        while code == SQLITE_OK, let value = element {
            found.append(SQLValue(value))
            code = sqlite3_vtab_in_next(handle(index), &element)
        }
        guard code == SQLITE_OK || code == SQLITE_DONE else {
            throw TableError("the list of values cannot be read", code: code)
        }
        return found
    }

    private func handle(_ index: Int) -> OpaquePointer? {
        guard let values, index >= 0, index < count else { return nil }
        return values[index]
    }
}

extension SQLValue {
    /// Copies a value; the pointer is one that SQLite lends for the length of a call.
    init(_ value: OpaquePointer) {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER: self = .integer(sqlite3_value_int64(value))
        case SQLITE_FLOAT: self = .real(sqlite3_value_double(value))
        case SQLITE_TEXT:
            // The text must be asked for before its size (https://www.sqlite.org/c3ref/value_blob.html).
            let start = sqlite3_value_text(value)
            let bytes = UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(value)))
            self = .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_value_blob(value)
            let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(value)))
            self = .blob(Array(bytes))
        default: self = .null
        }
    }
}
