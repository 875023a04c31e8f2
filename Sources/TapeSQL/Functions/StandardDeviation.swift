import SQLite

/// `stddev(x)`: the spread of numbers; what is no number is left out.
///
/// Implementation note: Welford's method (Technometrics 4, 1962), which also goes backwards.
final class StandardDeviation: Aggregate {
    private let isOfSample: Bool
    private var count = 0
    private var mean = 0.0
    private var squares = 0.0
    private var infinities = 0

    init(isOfSample: Bool) {
        self.isOfSample = isOfSample
    }

    func add(_ arguments: SQLArguments) {
        guard let value = arguments.number(0) else { return }
        guard value.isFinite else {
            infinities += 1
            return
        }
        count += 1
        let difference = value - mean
        mean += difference / Double(count)
        squares += difference * (value - mean)
    }

    func remove(_ arguments: SQLArguments) {
        guard let value = arguments.number(0) else { return }
        guard value.isFinite else {
            infinities -= 1
            return
        }
        guard count > 1 else {
            (count, mean, squares) = (0, 0, 0)
            return
        }
        count -= 1
        let difference = value - mean
        mean -= difference / Double(count)
        squares -= difference * (value - mean)
    }

    func result(into cell: ResultCell) {
        let divisor = isOfSample ? count - 1 : count
        guard divisor > 0, infinities == 0 else { return }
        cell.set((max(0, squares) / Double(divisor)).squareRoot())
    }
}
