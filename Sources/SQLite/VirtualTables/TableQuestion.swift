import CSQLite

/// What SQLite wants of a scan: which columns must fulfil what, which are read, in which order rows are wanted.
///
/// A table answers by taking over constraints and by stating its costs (https://www.sqlite.org/vtab.html#xbestindex).
/// Valid during that call only.
public struct TableQuestion {
    /// How a column is compared with a value.
    public enum Comparison: String, Sendable, CaseIterable {
        case equal = "="
        case greater = ">"
        case greaterOrEqual = ">="
        case less = "<"
        case lessOrEqual = "<="
        case like = " LIKE "
        case glob = " GLOB "
    }

    /// A condition on a column that the table may take over.
    public struct Constraint {
        /// The column's place in the declaration, from 0; -1 for the rowid.
        public var column: Int
        /// How it is compared.
        public var comparison: Comparison
        /// Whether the value will be known when the scan begins.
        public var isUsable: Bool
        /// Whether bytes are compared, and nothing else (collation BINARY).
        public var isBinary: Bool
        /// Whether it is compared with each value of a list (`IN`), and all of them can be had at once.
        public var isList: Bool
        /// The value, where it is known already.
        public var constant: SQLValue?
        fileprivate var index: Int32
    }

    /// A wish for the order of rows.
    public struct Ordering: Hashable, Sendable {
        /// The column's place in the declaration.
        public var column: Int
        /// Whether the greatest comes first.
        public var isDescending: Bool
    }

    private let info: UnsafeMutablePointer<sqlite3_index_info>

    init(_ info: UnsafeMutablePointer<sqlite3_index_info>) {
        self.info = info
    }

    /// The conditions of the kinds that ``Comparison`` knows.
    public var constraints: [Constraint] {
        (0..<info.pointee.nConstraint).compactMap { index in
            guard let found = info.pointee.aConstraint?[Int(index)], let comparison = Comparison(found.op) else {
                return nil
            }
            var constant: OpaquePointer?
            if sqlite3_vtab_rhs_value(info, index, &constant) != SQLITE_OK { constant = nil }
            let collation = sqlite3_vtab_collation(info, index).map { String(cString: $0) }
            return Constraint(
                column: Int(found.iColumn), comparison: comparison, isUsable: found.usable != 0,
                isBinary: collation == nil || collation?.uppercased() == "BINARY",
                isList: comparison == .equal && sqlite3_vtab_in(info, index, -1) != 0,
                constant: constant.map(SQLValue.init), index: index)
        }
    }

    /// The order in which rows are wanted; empty for any.
    public var orderings: [Ordering] {
        (0..<Int(info.pointee.nOrderBy)).compactMap { index in
            info.pointee.aOrderBy.map { Ordering(column: Int($0[index].iColumn), isDescending: $0[index].desc != 0) }
        }
    }

    /// Whether rows need not be in the order of ``orderings``, only equal ones together (`GROUP BY`).
    public var wantsGroupsOnly: Bool {
        let distinct = sqlite3_vtab_distinct(info)
        return distinct == 1 || distinct == 2
    }

    /// Whether a column is read; of all columns from the 63rd on, whether any is.
    public func reads(_ column: Int) -> Bool {
        info.pointee.colUsed >> UInt64(min(column, 63)) & 1 == 1
    }

    /// Takes a condition over: its value becomes an argument of the scan.
    ///
    /// - Parameters:
    ///   - constraint: the condition.
    ///   - argument: which argument, from 0; all from 0 on must be taken.
    ///   - isExact: whether the scan leaves out every row that does not fulfil it, so that SQLite need not look.
    public func take(_ constraint: Constraint, as argument: Int, isExact: Bool) {
        guard let usage = info.pointee.aConstraintUsage else { return }
        usage[Int(constraint.index)].argvIndex = Int32(truncatingIfNeeded: argument + 1)
        usage[Int(constraint.index)].omit = isExact ? 1 : 0
        if constraint.isList { _ = sqlite3_vtab_in(info, constraint.index, 1) }
    }

    /// Promises rows in the order of ``orderings``.
    public func promiseOrder() { info.pointee.orderByConsumed = 1 }

    /// Says what a scan will cost, in rows to look at, and how many rows it will give.
    public func estimate(cost: Double, rows: Int64, isUnique: Bool = false) {
        info.pointee.estimatedCost = cost
        info.pointee.estimatedRows = rows
        if isUnique { info.pointee.idxFlags |= SQLITE_INDEX_SCAN_UNIQUE }
    }
}

extension TableQuestion.Comparison {
    init?(_ code: UInt8) {
        switch Int32(code) {
        case SQLITE_INDEX_CONSTRAINT_EQ: self = .equal
        case SQLITE_INDEX_CONSTRAINT_GT: self = .greater
        case SQLITE_INDEX_CONSTRAINT_GE: self = .greaterOrEqual
        case SQLITE_INDEX_CONSTRAINT_LT: self = .less
        case SQLITE_INDEX_CONSTRAINT_LE: self = .lessOrEqual
        case SQLITE_INDEX_CONSTRAINT_LIKE: self = .like
        case SQLITE_INDEX_CONSTRAINT_GLOB: self = .glob
        default: return nil
        }
    }
}
