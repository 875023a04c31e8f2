import SQLite

/// Makes the plan of a scan from what SQLite wants.
struct ScanPlanner {
    let columns: [ScanColumn]
    private let question: TableQuestion
    private(set) var plan = ScanPlan()

    /// Nil where the tape's name is not known yet, so that SQLite must think of another way.
    init?(_ columns: [ScanColumn], _ question: TableQuestion) {
        self.columns = columns
        self.question = question
        for (index, column) in columns.enumerated() where !column.isHidden && question.reads(index) {
            plan.columns.append(column.name)
        }
        for constraint in question.constraints {
            guard columns.indices.contains(constraint.column) else { continue }
            let column = columns[constraint.column]
            guard constraint.isUsable else {
                if column.isHidden { return nil }
                continue
            }
            guard Self.canFollow(constraint, column) else { continue }
            let isExact = column.isHidden || Self.isExact(constraint, column)
            question.take(constraint, as: plan.conditions.count, isExact: isExact)
            plan.conditions.append(
                ScanPlan.Condition(
                    column: column.name, comparison: constraint.comparison, isList: constraint.isList))
        }
    }

    /// The tape that a table's argument names, where it is known already.
    var namedTape: String? {
        for constraint in question.constraints where columns.indices.contains(constraint.column) {
            if columns[constraint.column].isHidden, case .text(let path) = constraint.constant { return path }
        }
        return nil
    }

    /// The names of the columns in whose order rows are wanted; those that have one value only are left out.
    var orderings: [(column: String, isDescending: Bool)] {
        question.orderings.compactMap { ordering in
            guard columns.indices.contains(ordering.column) else { return ("", ordering.isDescending) }
            let name = columns[ordering.column].name
            return isFixed(name) ? nil : (name, ordering.isDescending)
        }
    }

    /// Whether there is a condition on a column that one value fulfils.
    func isFixed(_ column: String) -> Bool {
        plan.conditions.contains { $0.column == column && $0.comparison == .equal && !$0.isList }
    }

    /// Whether there is a condition on a column.
    func isRestricted(_ column: String) -> Bool {
        plan.conditions.contains { $0.column == column }
    }

    /// Promises the order of arrival where exactly that is wanted.
    mutating func promiseArrivalOrder() {
        let orderings = orderings
        guard let first = orderings.first, first.column == "seq", !first.isDescending, orderings.count == 1 else {
            return
        }
        question.promiseOrder()
        plan.order = .arrival
    }

    /// Promises that rows of the same value come together, where that is wanted of one of some columns.
    mutating func promiseGroups(_ names: [String]) {
        let orderings = orderings
        guard plan.order == .none, let first = orderings.first, orderings.count == 1, names.contains(first.column),
            !first.isDescending || question.wantsGroupsOnly
        else { return }
        question.promiseOrder()
        plan.order = .grouped(first.column)
    }

    /// Rows come in order of arrival, though nobody was promised that, where people would look for it: when the place in
    /// the tape is read, or the times of one device.
    mutating func preferArrivalOrder() {
        let showsTime = plan.reads(anyOf: "time", "time_ns") && isFixed("device")
        if plan.order == .none, question.orderings.isEmpty, plan.reads("seq") || showsTime { plan.order = .arrival }
    }

    /// How many of so many rows there are, roughly, for the devices, topics and times that conditions name.
    func share(of rows: Double, devices: Double) -> Double {
        var rows = rows
        if isRestricted("device") || isRestricted("topic") { rows /= devices }
        if isRestricted("time") || isRestricted("time_ns") { rows /= 4 }
        return rows
    }

    /// States the costs.
    func estimate(cost: Double, rows: Double, isUnique: Bool = false) {
        question.estimate(cost: cost, rows: Int64(min(max(rows, 1), 1e15)), isUnique: isUnique)
    }

    private static func canFollow(_ constraint: TableQuestion.Constraint, _ column: ScanColumn) -> Bool {
        switch (column.comparing, constraint.comparison) {
        case (.nothing, _): false
        case (.text, .equal), (.pattern, .equal): constraint.isBinary
        case (.pattern, .glob), (.pattern, .like): true
        case (.text, _), (.pattern, _): false
        case (_, .like), (_, .glob): false
        case (.time, _): constraint.isBinary && !constraint.isList
        case (.integer, _), (.number, .equal): true
        case (.number, _): false
        }
    }

    /// Whether the scan decides exactly as SQLite would, which the type of the value must allow: SQLite compares texts
    /// and numbers by rules of their own (https://www.sqlite.org/datatype3.html#comparisons).
    private static func isExact(_ constraint: TableQuestion.Constraint, _ column: ScanColumn) -> Bool {
        guard !constraint.isList, let constant = constraint.constant else { return false }
        switch (column.comparing, constraint.comparison, constant) {
        case (.text, .equal, .text), (.pattern, .equal, .text): return true
        case (.time, _, .text), (.integer, _, .integer), (.number, _, .integer): return true
        default: return false
        }
    }
}
