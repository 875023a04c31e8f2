extension IntegerParameters {
    /// Compares the predictors on a sample of the column and chooses one.
    ///
    /// `scratch` is as long as `values` and overwritten.
    mutating func choosePredictor(_ values: Span<Int64>, _ runs: IntegerRuns, _ scratch: inout MutableSpan<UInt64>) {
        let sample = IntegerSample(runs)
        guard !sample.pieces.isEmpty else { return }
        let step = IntegerMedian.of(sample.some { values[$0] &- values[$0 - 1] })
        let level = IntegerMedian.of(sample.some { values[$0] })
        let table = BinaryLogarithm.costs
        let costs = table.span
        var least = Int.max
        // The first of those that are equally good: a constant and a steady count are both .delta.
        for candidate in IntegerPredictor.allCases {
            let bias = candidate == .none ? level : candidate == .delta ? step : 0
            let cost = sample.cost(of: candidate, bias: bias, values, costs, &scratch, limit: least)
            if cost < least { (least, predictor) = (cost, candidate) }
            if least == 0 { break }
        }
        for piece in sample.pieces { predictor.fold(values, piece.rows, bias: 0, into: &scratch) }
        let left = sample.some { IntegerSymbol.unfolded(scratch[$0]) }
        bias = IntegerMedian.of(left)
    }
}
