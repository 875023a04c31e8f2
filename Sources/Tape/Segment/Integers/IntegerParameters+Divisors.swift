extension IntegerParameters {
    /// Finds what divides the differences of each run, and keeps what is worth its bytes.
    mutating func chooseDivisors(_ values: Span<Int64>, _ runs: IntegerRuns) {
        var all: UInt64 = 0
        var found: [RunDivisor] = []
        for range in runs.ranges {
            // Two or three differences share divisors by chance: short runs have none of their own.
            if all == 1, range.count < 8 {
                found.append(RunDivisor(values, range.lowerBound..<range.lowerBound))
                continue
            }
            let divisor = RunDivisor(values, range)
            found.append(divisor)
            all = IntegerDivisor.common(all, divisor.common)
        }
        all = max(all, 1)
        let fractions = BinaryLogarithm.fractions
        var saved = 0
        var list = [UInt64](repeating: all, count: found.count)
        for (index, run) in found.enumerated() where run.common > all && runs.ranges[index].count >= 8 {
            let each = BinaryLogarithm.of(run.common, fractions.span) - BinaryLogarithm.of(all, fractions.span)
            let gain = run.changes * each - 8 * BinaryLogarithm.unit
            if gain > 0 {
                saved += gain
                list[index] = run.common
            }
        }
        if saved > 8 * BinaryLogarithm.unit * list.count, let first = list.first {
            divisors = list.allSatisfy { $0 == first } ? [first] : list
        } else if all > 1, found.reduce(0, { $0 + $1.changes }) > 3 {
            divisors = [all]
        }
    }

    /// The values as quotients, or nothing where there are no divisors.
    ///
    /// That of a first value is rounded down; the others are as far from it as there are divisors between.
    func divided(_ values: Span<Int64>, _ runs: IntegerRuns) -> [Int64] {
        if divisors.isEmpty { return [] }
        var quotients = [Int64](repeating: 0, count: values.count)
        var span = quotients.mutableSpan
        for (index, range) in runs.ranges.enumerated() {
            let divisor = IntegerDivisor(divisor(ofRun: index))
            let first = values[range.lowerBound]
            let (start, _) = Self.split(first, by: divisor.value)
            for row in range { span[row] = start &+ divisor.quotient(values[row] &- first) }
        }
        return quotients
    }

    /// Quotient and rest of a division that rounds down; `divisor` is at most 2^62.
    static func split(_ value: Int64, by divisor: UInt64) -> (quotient: Int64, rest: Int64) {
        let divisor = Int64(truncatingIfNeeded: divisor)
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}

extension IntegerParameters {
    /// Decides what the first values of the runs are relative to, and returns what is left of them, folded.
    mutating func chooseFirsts(_ values: Span<Int64>, _ runs: IntegerRuns) -> [UInt64] {
        var firsts: [Int64] = []
        firsts.reserveCapacity(runs.ranges.count)
        for range in runs.ranges { firsts.append(values[range.lowerBound]) }
        guard let start = firsts.first else { return [] }
        let middle = IntegerMedian.of(firsts)
        let fractions = BinaryLogarithm.fractions
        var (costOfDeltas, costOfOffsets) = (0, 0)
        var (common, last) = (UInt64(0), start)
        for first in firsts {
            let (delta, offset) = (first &- last, first &- middle)
            costOfDeltas += BinaryLogarithm.of(IntegerSymbol.folded(delta) | 1, fractions.span)
            costOfOffsets += BinaryLogarithm.of(IntegerSymbol.folded(offset) | 1, fractions.span)
            if common != 1 {
                // Both, as differences that wrapped around need not share what the true ones do.
                common = IntegerDivisor.common(common, delta.magnitude)
                common = IntegerDivisor.common(common, offset.magnitude)
            }
            last = first
        }
        firstsAreDeltas = costOfDeltas < costOfOffsets
        firstBase = firstsAreDeltas ? start : middle
        if firsts.count >= 8, common > 1, common <= RunDivisor.limit { firstDivisor = common }
        let divisor = IntegerDivisor(firstDivisor)
        var reference = firstBase
        return firsts.map { first in
            defer { if firstsAreDeltas { reference = first } }
            return IntegerSymbol.folded(divisor.quotient(first &- reference))
        }
    }
}
