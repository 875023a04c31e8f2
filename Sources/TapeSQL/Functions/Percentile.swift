import SQLite

/// The numbers that all percentiles of a connection keep at the same time.
final class NumberBudget {
    /// 24 MB.
    static let limit = 3_000_000
    var used = 0
}

/// `percentile(x, p)` and its relatives; what is no number is left out.
///
/// Exact, of sorted numbers: interpolated linearly between neighbours (the rule of `query trend`), or the smallest one
/// that at least that share of them does not exceed (`percentile_disc`).
final class Percentile: Aggregate {
    /// What is asked of the numbers.
    enum Rule {
        /// The second argument is a share of `share`: 100 for per cent, 1 for fractions.
        case interpolated(share: Double)
        /// The second argument is a fraction; the answer is one of the numbers.
        case nearest
        /// The one in the middle, or halfway between two.
        case median
    }

    private let budget: NumberBudget
    private let rule: Rule
    private var values: [Double] = []
    /// Whether ``values`` are sorted; numbers that come later are put at their place.
    private var isSorted = false
    private var share: Double?

    init(_ budget: NumberBudget, _ rule: Rule) {
        self.budget = budget
        self.rule = rule
    }

    deinit {
        budget.used -= values.count
    }

    func add(_ arguments: SQLArguments) throws(TableError) {
        try readShare(arguments)
        guard let value = arguments.number(0), !value.isNaN else { return }
        guard budget.used < NumberBudget.limit else {
            throw TableError(
                "percentiles of more than \(NumberBudget.limit) numbers at once take too much memory; ask for less time or fewer devices, or use `tapedeck query trend`"
            )
        }
        budget.used += 1
        if isSorted { values.insert(value, at: place(of: value)) } else { values.append(value) }
    }

    func remove(_ arguments: SQLArguments) {
        guard let value = arguments.number(0), !value.isNaN else { return }
        sort()
        let place = place(of: value)
        guard place < values.count, values[place] == value else { return }
        values.remove(at: place)
        budget.used -= 1
    }

    func result(into cell: ResultCell) {
        guard !values.isEmpty, let share else { return }
        sort()
        let last = values.count - 1
        if case .nearest = rule {
            let rank = (share * Double(values.count)).rounded(.up)
            return cell.set(values[min(max(Int(rank) - 1, 0), last)])
        }
        let place = share * Double(last)
        let lower = min(max(Int(place), 0), last)
        let below = values[lower]
        guard lower < last, place > Double(lower) else { return cell.set(below) }
        cell.set(below + (values[lower + 1] - below) * (place - Double(lower)))
    }

    private func readShare(_ arguments: SQLArguments) throws(TableError) {
        if case .median = rule {
            share = 0.5
            return
        }
        let whole = if case .interpolated(let whole) = rule { whole } else { 1.0 }
        guard let given = arguments.number(1), given >= 0, given <= whole else {
            throw TableError("the second argument must be a number from 0 to \(Int(whole))")
        }
        if let share, share != given / whole { throw TableError("the second argument must be the same for all rows") }
        share = given / whole
    }

    private func sort() {
        guard !isSorted else { return }
        values.sort()
        isSorted = true
    }

    /// Where a number belongs, before its equals.
    private func place(of value: Double) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
