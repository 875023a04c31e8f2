/// What a reader must know of a column of integers before its symbols: predictor, bias, divisors, and lists by run.
///
/// A list has an entry for each run that is not empty. It is empty when its entries say nothing.
struct IntegerParameters: Hashable {
    var predictor = IntegerPredictor.delta
    /// Added to what `predictor` predicts.
    var bias: Int64 = 0
    /// What the first value of the first run is relative to, or that of all runs.
    var firstBase: Int64 = 0
    /// Whether the first value of a run is relative to that of the run before.
    var firstsAreDeltas = false
    /// Divides the differences of the first values.
    var firstDivisor: UInt64 = 1
    /// Divides the differences within a run: empty, one for all runs, or a list.
    var divisors: [UInt64] = []
    /// A list of how many low bits are cut off each value before it becomes a symbol, less `lowestShift`: 0…15.
    var shifts: [UInt8] = []
    var lowestShift: UInt8 = 0

    /// What the divisor of run `index` is.
    func divisor(ofRun index: Int) -> UInt64 {
        switch divisors.count {
        case 0: 1
        case 1: divisors[0]
        default: divisors[index]
        }
    }

    func shift(ofRun index: Int) -> Int {
        shifts.isEmpty ? 0 : Int(lowestShift) + Int(shifts[index])
    }
}

extension IntegerParameters {
    /// The bits of the first byte.
    private enum Flag {
        static let firstsAreDeltas: UInt8 = 1
        static let firstDivisor: UInt8 = 2
        static let oneDivisor: UInt8 = 4
        static let divisors: UInt8 = 8
        static let shifts: UInt8 = 16
        static let unknown: UInt8 = 224
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16 + shifts.count / 2 + 2 * divisors.count)
        var flags: UInt8 = 0
        if !shifts.isEmpty { flags |= Flag.shifts }
        if divisors.count == 1 { flags |= Flag.oneDivisor }
        if divisors.count > 1 { flags |= Flag.divisors }
        if firstsAreDeltas { flags |= Flag.firstsAreDeltas }
        if firstDivisor > 1 { flags |= Flag.firstDivisor }
        bytes.append(flags)
        bytes.append(predictor.rawValue)
        VariableInteger.append(IntegerSymbol.folded(bias), to: &bytes)
        VariableInteger.append(IntegerSymbol.folded(firstBase), to: &bytes)
        if firstDivisor > 1 { VariableInteger.append(firstDivisor, to: &bytes) }
        for divisor in divisors { VariableInteger.append(divisor, to: &bytes) }
        if !shifts.isEmpty {
            bytes.append(lowestShift)
            Self.appendNibbles(shifts, to: &bytes)
        }
        return bytes
    }

    /// - Throws: ``MalformedFrame`` unless `bytes` are the parameters of a column with as many runs.
    init(_ bytes: [UInt8], runs: Int) throws(MalformedFrame) {
        var reader = ByteReader(bytes)
        let flags = try reader.byte()
        let number = try reader.byte()
        guard flags & Flag.unknown == 0, flags & 12 != 12, let predictor = IntegerPredictor(rawValue: number) else {
            throw MalformedFrame(offset: 0, reason: "an unknown kind of integers")
        }
        self.predictor = predictor
        bias = IntegerSymbol.unfolded(try reader.integer())
        firstBase = IntegerSymbol.unfolded(try reader.integer())
        firstsAreDeltas = flags & Flag.firstsAreDeltas != 0
        if flags & Flag.firstDivisor != 0 { firstDivisor = try Self.divisor(&reader) }
        if flags & Flag.oneDivisor != 0 { divisors = [try Self.divisor(&reader)] }
        if flags & Flag.divisors != 0 {
            // A list of one entry would be read as one divisor for all.
            guard runs > 1 else { throw MalformedFrame(offset: 0, reason: "a list of divisors for one run") }
            for _ in 0..<runs { divisors.append(try Self.divisor(&reader)) }
        }
        if flags & Flag.shifts != 0 {
            lowestShift = try reader.byte()
            guard lowestShift <= 45 else {
                throw MalformedFrame(offset: reader.offset, reason: "a shift of 46 or more")
            }
            shifts = try Self.nibbles(runs, &reader)
        }
        guard reader.isAtEnd else { throw MalformedFrame(offset: reader.offset, reason: "bytes left over") }
    }

    private static func divisor(_ reader: inout ByteReader) throws(MalformedFrame) -> UInt64 {
        let divisor = try reader.integer()
        guard divisor > 0, divisor <= RunDivisor.limit else {
            throw MalformedFrame(offset: reader.offset, reason: "\(divisor) as a divisor")
        }
        return divisor
    }

    /// Two numbers below 16 a byte, the first one low.
    private static func appendNibbles(_ list: [UInt8], to bytes: inout [UInt8]) {
        for index in stride(from: 0, to: list.count, by: 2) {
            bytes.append(list[index] | (index + 1 < list.count ? list[index + 1] << 4 : 0))
        }
    }

    private static func nibbles(_ count: Int, _ reader: inout ByteReader) throws(MalformedFrame) -> [UInt8] {
        var list: [UInt8] = []
        while list.count < count {
            let byte = try reader.byte()
            list.append(byte & 15)
            if list.count < count { list.append(byte >> 4) }
        }
        return list
    }
}
