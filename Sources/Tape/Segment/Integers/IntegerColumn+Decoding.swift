extension IntegerColumn {
    /// Decodes a column of `count` values that was encoded with `runs`.
    ///
    /// `wanted` says for each run whether its values are needed, nil that all are; the others come back as 0.
    /// Throws a ``MalformedFrame`` when the parts do not fit together.
    static func decode(
        _ encoded: EncodedIntegers, count: Int, runs: [Int], wanted: [Bool]?
    ) throws(MalformedFrame) -> [Int64] {
        guard encoded.symbols.count == count, let shape = IntegerRuns(runs, count: count) else {
            throw MalformedFrame(offset: 0, reason: "\(encoded.symbols.count) symbols for \(count) values")
        }
        guard wanted == nil || wanted?.count == runs.count else {
            throw MalformedFrame(offset: 0, reason: "a choice among other runs than the \(runs.count) of the column")
        }
        if count == 0 { return [] }
        let parameters = try IntegerParameters(encoded.parameters, runs: shape.ranges.count)
        var values = [Int64](repeating: 0, count: count)
        var decoder = IntegerDecoder(parameters: parameters, encoded)
        try decoder.readFirsts(shape.ranges.count)
        let last = wanted.map { ($0.lastIndex(of: true) ?? -1) } ?? runs.count
        var span = values.mutableSpan
        for (number, range) in shape.ranges.enumerated() {
            let run = shape.numbers[number]
            if run > last { break }
            if wanted?[run] ?? true {
                try decoder.readRun(number, range, &span)
            } else {
                try decoder.skipRun(number, range)
            }
        }
        return values
    }
}

/// The place up to which a column has been decoded.
private struct IntegerDecoder {
    private let parameters: IntegerParameters
    private let symbols: [UInt8]
    private let padded: [UInt8]
    /// How many bytes of `padded` are the column's.
    private let size: Int
    private var firsts: [Int64] = []
    /// The next symbol.
    private var place = 0
    /// The next bit.
    private var position = 0

    init(parameters: IntegerParameters, _ encoded: EncodedIntegers) {
        self.parameters = parameters
        symbols = encoded.symbols
        padded = IntegerBitReader.padded(encoded.bits)
        size = encoded.bits.count
    }

    mutating func readFirsts(_ count: Int) throws(MalformedFrame) {
        firsts.reserveCapacity(count)
        var reference = parameters.firstBase
        let divisor = Int64(truncatingIfNeeded: parameters.firstDivisor)
        for index in 0..<count {
            let symbol = symbols[index]
            let width = IntegerSymbol.width(of: symbol)
            let low = IntegerBitReader.read(padded.span.bytes, at: position, width: width)
            position += width
            let value = reference &+ IntegerSymbol.unfolded(IntegerSymbol.base(of: symbol) &+ low) &* divisor
            firsts.append(value)
            if parameters.firstsAreDeltas { reference = value }
        }
        place = count
        try checkPosition()
    }

    mutating func readRun(
        _ number: Int, _ range: Range<Int>, _ values: inout MutableSpan<Int64>
    ) throws(MalformedFrame) {
        let shift = parameters.shift(ofRun: number)
        let first = firsts[number]
        values[range.lowerBound] = first
        let rows = range.lowerBound + 1..<range.upperBound
        position = Self.read(symbols.span, place, padded.span.bytes, position, shift, rows, &values)
        place += rows.count
        try checkPosition()
        let divisor = parameters.divisor(ofRun: number)
        let (quotient, rest) = IntegerParameters.split(first, by: divisor)
        parameters.predictor.restore(
            &values, rows, first: quotient, bias: parameters.bias, scale: Int64(truncatingIfNeeded: divisor),
            origin: rest)
    }

    /// Puts the numbers of `rows` together, their signs restored; returns the bit after the last.
    private static func read(
        _ symbols: Span<UInt8>, _ place: Int, _ padded: RawSpan, _ position: Int, _ shift: Int, _ rows: Range<Int>,
        _ values: inout MutableSpan<Int64>
    ) -> Int {
        let symbols = symbols.extracting(place..<place + rows.count)
        var position = position
        var row = rows.lowerBound
        for index in symbols.indices {
            let symbol = symbols[index]
            let width = IntegerSymbol.width(of: symbol) &+ shift
            // Broken symbols may be wider than a number; shifts stay within their bounds all the same.
            let low = IntegerBitReader.read(padded, at: position, width: width)
            position &+= width
            let high = IntegerSymbol.base(of: symbol) &<< UInt64(truncatingIfNeeded: shift)
            values[row] = IntegerSymbol.unfolded(high &+ low)
            row &+= 1
        }
        return position
    }

    mutating func skipRun(_ number: Int, _ range: Range<Int>) throws(MalformedFrame) {
        let end = place + range.count - 1
        let sum = Self.width(symbols.span, place..<end)
        position += sum + parameters.shift(ofRun: number) * (range.count - 1)
        place = end
        try checkPosition()
    }

    private static func width(_ symbols: Span<UInt8>, _ places: Range<Int>) -> Int {
        let symbols = symbols.extracting(places)
        var sum = 0
        for index in symbols.indices { sum &+= IntegerSymbol.width(of: symbols[index]) }
        return sum
    }

    private func checkPosition() throws(MalformedFrame) {
        guard position <= 8 * size else {
            throw MalformedFrame(offset: size, reason: "the low bits of integers end too early")
        }
    }
}
