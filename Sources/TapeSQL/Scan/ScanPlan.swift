import SQLite

/// What a scan does: which conditions it follows, which columns it reads, in which order its rows come.
///
/// As a text it is what `EXPLAIN QUERY PLAN` shows, and how the decision reaches the scan:
/// `metric=? AND time_ns>=? READ device, value ORDER BY seq`.
struct ScanPlan: Equatable {
    /// A condition that is followed.
    struct Condition: Equatable {
        var column: String
        var comparison: TableQuestion.Comparison
        /// Whether it is compared with each value of a list.
        var isList = false
    }

    /// What is promised about the order of rows.
    enum Order: Equatable {
        case none
        /// In order of arrival.
        case arrival
        /// Rows with the same value of that column together, in ascending order of its bytes.
        case grouped(String)
    }

    var conditions: [Condition] = []
    var columns: [String] = []
    var order = Order.none

    /// Whether rows of the same value come together.
    var isGrouped: Bool { if case .grouped = order { true } else { false } }

    /// Whether a column is read.
    func reads(_ column: String) -> Bool { columns.contains(column) }

    /// Whether any of some columns is read.
    func reads(anyOf names: String...) -> Bool { names.contains { columns.contains($0) } }
}

extension ScanPlan {
    private static let readWord = " READ "
    private static let orderWord = " ORDER BY "
    private static let groupWord = " GROUPED BY "
    fileprivate static let listWord = " IN "

    /// The plan as a text.
    var text: String {
        var text = conditions.isEmpty ? "everything" : conditions.map(\.text).joined(separator: " AND ")
        text += Self.readWord + (columns.isEmpty ? "nothing" : columns.joined(separator: ", "))
        switch order {
        case .none: break
        case .arrival: text += Self.orderWord + "seq"
        case .grouped(let column): text += Self.groupWord + column
        }
        return text
    }

    /// Reads a text that ``text`` made; nil for any other.
    init?(_ text: String) {
        guard let read = text.firstRange(of: Self.readWord) else { return nil }
        let conditions = text[..<read.lowerBound]
        if conditions != "everything" {
            for part in conditions.split(separator: " AND ") {
                guard let condition = Condition(part) else { return nil }
                self.conditions.append(condition)
            }
        }
        var rest = text[read.upperBound...]
        if let grouped = rest.firstRange(of: Self.groupWord) {
            order = .grouped(String(rest[grouped.upperBound...]))
            rest = rest[..<grouped.lowerBound]
        } else if let ordered = rest.firstRange(of: Self.orderWord) {
            order = .arrival
            rest = rest[..<ordered.lowerBound]
        }
        if rest != "nothing" { columns = rest.split(separator: ", ").map(String.init) }
    }

    /// The plan that SQLite hands back.
    ///
    /// - Throws: ``TableError`` where it is none.
    static func read(_ text: String) throws(TableError) -> ScanPlan {
        guard let plan = ScanPlan(text) else { throw TableError("a plan that makes no sense: \(text)") }
        return plan
    }
}

extension ScanPlan.Condition {
    fileprivate var text: String { column + (isList ? ScanPlan.listWord : comparison.rawValue) + "?" }

    fileprivate init?(_ text: Substring) {
        guard text.hasSuffix("?") else { return nil }
        let text = text.dropLast()
        if text.hasSuffix(ScanPlan.listWord) {
            self.init(column: String(text.dropLast(ScanPlan.listWord.count)), comparison: .equal, isList: true)
            return
        }
        // The longer sign is tried first: `>=` ends with `=` too.
        let signs = TableQuestion.Comparison.allCases.sorted { $0.rawValue.count > $1.rawValue.count }
        guard let sign = signs.first(where: { text.hasSuffix($0.rawValue) }) else { return nil }
        self.init(column: String(text.dropLast(sign.rawValue.count)), comparison: sign)
    }
}
