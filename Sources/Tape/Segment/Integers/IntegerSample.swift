/// Stretches of a column on which predictors are compared.
struct IntegerSample {
    /// One stretch of a run.
    struct Piece {
        /// The rows to predict; the row before them is of the same run.
        var rows: Range<Int>
        /// How many of them only warm the predictor up.
        var warmUp: Int
    }

    private(set) var pieces: [Piece] = []

    /// A column of up to 1,280 values whole, else twenty stretches of 52 rows, evenly spread.
    init(_ runs: IntegerRuns) {
        if runs.count <= 1_280 {
            for range in runs.ranges where range.count > 1 {
                pieces.append(Piece(rows: range.lowerBound + 1..<range.upperBound, warmUp: 0))
            }
            return
        }
        var number = 0
        for part in 0..<20 {
            let position = runs.count / 40 * (2 * part + 1)
            while number < runs.ranges.count, runs.ranges[number].upperBound <= position { number += 1 }
            // Short runs make a stretch together.
            var left = 52
            while left > 0, number < runs.ranges.count {
                let range = runs.ranges[number]
                let start = max(range.lowerBound + 1, min(position, range.upperBound - left))
                let rows = start..<max(start, min(range.upperBound, start + left))
                if !rows.isEmpty {
                    pieces.append(Piece(rows: rows, warmUp: rows.count > 8 && start > range.lowerBound + 1 ? 4 : 0))
                }
                left -= rows.count
                if left > 0 { number += 1 }
            }
        }
    }

    /// The sum of the logarithms of what `predictor` leaves, or more than `limit`.
    func cost(
        of predictor: IntegerPredictor, bias: Int64, _ values: Span<Int64>, _ costs: Span<UInt16>,
        _ scratch: inout MutableSpan<UInt64>, limit: Int
    ) -> Int {
        var sum = 0
        for piece in pieces {
            predictor.fold(values, piece.rows, bias: bias, into: &scratch)
            for row in piece.rows.lowerBound + piece.warmUp..<piece.rows.upperBound {
                sum &+= Int(costs[Int(IntegerSymbol.symbol(of: scratch[row]))])
            }
            if sum > limit { break }
        }
        return sum
    }

    /// At most about 127 of the numbers that `number` has for the rows of the sample.
    func some(_ number: (Int) -> Int64) -> [Int64] {
        let total = pieces.reduce(0) { $0 + $1.rows.count - $1.warmUp }
        let step = max(1, (total + 126) / 127)
        var numbers: [Int64] = []
        numbers.reserveCapacity(total / step + 1)
        var skipped = 0
        for piece in pieces {
            var row = piece.rows.lowerBound + piece.warmUp + skipped
            while row < piece.rows.upperBound {
                numbers.append(number(row))
                row += step
            }
            skipped = row - piece.rows.upperBound
        }
        return numbers
    }
}
