/// A column of a table, and what a scan can do with conditions on it.
struct ScanColumn: Sendable {
    /// How values of the column are compared, which is what makes a condition one that the scan can follow.
    enum Comparing: Sendable {
        /// Not at all.
        case nothing
        /// Texts by their bytes, with a value or each of a list.
        case text
        /// As ``text``, and by patterns.
        case pattern
        /// Texts of times (``Timestamp/rfc3339``), also by their order.
        case time
        /// Whole numbers, also by their order.
        case integer
        /// Whole numbers that are names, with a value or each of a list.
        case number
    }

    let name: String
    let type: String
    let comparing: Comparing
    let isHidden: Bool

    init(_ name: String, _ type: String, _ comparing: Comparing = .nothing, isHidden: Bool = false) {
        self.name = name
        self.type = type
        self.comparing = comparing
        self.isHidden = isHidden
    }

    /// Which tape; the argument of `SELECT * FROM messages('other.tape')`.
    static let tape = ScanColumn("tape", "TEXT", .text, isHidden: true)

    /// Columns as a `CREATE TABLE` statement.
    static func declaration(_ columns: [ScanColumn]) -> String {
        let list = columns.map { "\"\($0.name)\" \($0.type)" + ($0.isHidden ? " HIDDEN" : "") }
        return "CREATE TABLE tape_rows(\(list.joined(separator: ", ")))"
    }
}
