/// All decisions about a column, and what is left of its values after prediction.
struct IntegerPlan {
    let parameters: IntegerParameters
    /// What is left of the first value of each run.
    private let firsts: [UInt64]
    /// What is left of the others; the places of the first ones are unused.
    private let folded: [UInt64]

    init(_ values: Span<Int64>, _ runs: IntegerRuns) {
        var parameters = IntegerParameters()
        firsts = parameters.chooseFirsts(values, runs)
        parameters.chooseDivisors(values, runs)
        let divided = parameters.divided(values, runs)
        let folded = Self.predict(divided.isEmpty ? values : divided.span, runs, &parameters)
        parameters.chooseShifts(folded.span, runs)
        self.folded = folded
        self.parameters = parameters
    }

    private static func predict(
        _ values: Span<Int64>, _ runs: IntegerRuns, _ parameters: inout IntegerParameters
    ) -> [UInt64] {
        var folded = [UInt64](repeating: 0, count: values.count)
        var span = folded.mutableSpan
        parameters.choosePredictor(values, runs, &span)
        let (predictor, bias) = (parameters.predictor, parameters.bias)
        for range in runs.ranges {
            predictor.fold(values, range.lowerBound + 1..<range.upperBound, bias: bias, into: &span)
        }
        return folded
    }

    /// In 1/256 bits.
    var sizeOfFirsts: Int {
        let costs = BinaryLogarithm.costs
        return firsts.reduce(0) { $0 + Int(costs[Int(IntegerSymbol.symbol(of: $1))]) }
    }

    /// In 1/256 bits.
    func sizeOfRest(_ runs: IntegerRuns) -> Int {
        IntegerParameters.size(folded.span, runs) { parameters.shift(ofRun: $0) }
    }

    /// The symbols and bits of the column.
    func emitted(_ runs: IntegerRuns) -> EncodedIntegers {
        var symbols = [UInt8](repeating: 0, count: runs.count)
        var span = symbols.mutableSpan
        let source = folded.span
        var place = 0
        var bits = 0
        for first in firsts {
            let symbol = IntegerSymbol.symbol(of: first)
            span[place] = symbol
            place &+= 1
            bits &+= IntegerSymbol.width(of: symbol)
        }
        for (number, range) in runs.ranges.enumerated() {
            let shift = parameters.shift(ofRun: number)
            for row in range.lowerBound + 1..<range.upperBound {
                let symbol = IntegerSymbol.symbol(of: source[row] &>> UInt64(truncatingIfNeeded: shift))
                span[place] = symbol
                place &+= 1
                bits &+= IntegerSymbol.width(of: symbol) &+ shift
            }
        }
        return EncodedIntegers(
            parameters: parameters.bytes, symbols: symbols, bits: lowBits(of: symbols.span, runs, count: bits))
    }

    private func lowBits(of symbols: Span<UInt8>, _ runs: IntegerRuns, count: Int) -> [UInt8] {
        if count == 0 { return [] }
        var bytes = [UInt8](repeating: 0, count: IntegerBitWriter.capacity(bits: count))
        var span = bytes.mutableSpan
        var raw = span.mutableBytes
        var writer = IntegerBitWriter()
        var place = 0
        for first in firsts {
            writer.append(first, width: IntegerSymbol.width(of: symbols[place]), to: &raw)
            place &+= 1
        }
        let source = folded.span
        for (number, range) in runs.ranges.enumerated() {
            let shift = parameters.shift(ofRun: number)
            for row in range.lowerBound + 1..<range.upperBound {
                writer.append(source[row], width: IntegerSymbol.width(of: symbols[place]) &+ shift, to: &raw)
                place &+= 1
            }
        }
        writer.flush(to: &raw)
        bytes.removeLast(bytes.count - (count + 7) / 8)
        return bytes
    }
}
