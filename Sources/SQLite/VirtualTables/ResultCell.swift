import CSQLite

/// Where a function or a column puts its value; valid during that call only, and NULL until it is given one.
public struct ResultCell {
    let context: OpaquePointer

    /// Gives an integer.
    @inline(__always)
    public func set(_ value: Int64) { sqlite3_result_int64(context, value) }

    /// Gives a truth value as SQL has it: 1 or 0.
    public func set(_ value: Bool) { sqlite3_result_int64(context, value ? 1 : 0) }

    /// Gives a number; NaN becomes NULL.
    @inline(__always)
    public func set(_ value: Double) { sqlite3_result_double(context, value) }

    /// Gives a text.
    public func set(_ value: String) {
        var value = value
        value.withUTF8 { set(utf8: $0) }
    }

    /// Gives a text from its bytes, which must be UTF-8.
    public func set(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, bytes.count > 0 else {
            return tapedeck_sqlite3_result_text_transient(context, "", 0)
        }
        guard let count = Int32(exactly: bytes.count) else { return sqlite3_result_error_toobig(context) }
        start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            tapedeck_sqlite3_result_text_transient(context, $0, count)
        }
    }

    /// Gives a text from its bytes, which must be UTF-8.
    public func set(utf8 bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { set(utf8: $0) }
    }

    /// Gives a blob.
    public func set(blob bytes: [UInt8]) {
        guard !bytes.isEmpty else { return sqlite3_result_zeroblob(context, 0) }
        guard let count = Int32(exactly: bytes.count) else { return sqlite3_result_error_toobig(context) }
        bytes.withUnsafeBytes { tapedeck_sqlite3_result_blob_transient(context, $0.baseAddress, count) }
    }

    /// Gives any value.
    public func set(_ value: SQLValue) {
        switch value {
        case .null: sqlite3_result_null(context)
        case .integer(let value): set(value)
        case .real(let value): set(value)
        case .text(let value): set(value)
        case .blob(let value): set(blob: value)
        }
    }

    func fail(_ error: TableError) {
        sqlite3_result_error(context, error.description, -1)
        sqlite3_result_error_code(context, error.code)
    }
}
