/// A value of SQL, of one of SQLite's five storage classes (https://www.sqlite.org/datatype3.html).
public enum SQLValue: Sendable, Hashable {
    /// NULL
    case null
    /// INTEGER
    case integer(Int64)
    /// REAL
    case real(Double)
    /// TEXT; bytes that are no UTF-8 are replaced.
    case text(String)
    /// BLOB
    case blob([UInt8])
}
