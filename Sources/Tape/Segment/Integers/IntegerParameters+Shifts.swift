extension IntegerParameters {
    /// Cuts more low bits off where a run scatters more, so that the symbols of all runs are distributed alike.
    mutating func chooseShifts(_ folded: Span<UInt64>, _ runs: IntegerRuns) {
        guard runs.ranges.count > 1, runs.count >= 128 else { return }
        let table = BinaryLogarithm.costs
        let wanted = runs.ranges.map { range -> Int in
            // The first 96 speak for all.
            let rows = range.dropFirst().prefix(96)
            if rows.count < 8 { return -1 }
            var cost = 0
            for row in rows { cost &+= Int(table[Int(IntegerSymbol.symbol(of: folded[row]))]) }
            // Two bits above the cut keep the shape of the distribution in the symbols.
            return max(0, (cost / rows.count + BinaryLogarithm.unit / 2) / BinaryLogarithm.unit - 2)
        }
        guard let lowest = wanted.filter({ $0 >= 0 }).min(), let highest = wanted.max(), highest > lowest else {
            return
        }
        let base = min(lowest, 45)
        let list = wanted.map { UInt8(min(max($0 - base, 0), 15)) }
        let plain = Self.size(folded, runs) { _ in 0 }
        let shifted = Self.size(folded, runs) { base + Int(list[$0]) }
        guard shifted + (4 * list.count + 32) * BinaryLogarithm.unit < plain else { return }
        lowestShift = UInt8(base)
        shifts = list
    }

    /// About how long symbols and bits of all rows but the first ones will be, in 1/256 bits.
    static func size(_ folded: Span<UInt64>, _ runs: IntegerRuns, shift: (Int) -> Int) -> Int {
        var counts = [Int](repeating: 0, count: 256)
        var bits = 0
        for (number, range) in runs.ranges.enumerated() {
            let shift = shift(number)
            for row in range.dropFirst() {
                let symbol = IntegerSymbol.symbol(of: folded[row] &>> UInt64(shift))
                counts[Int(symbol)] &+= 1
                bits &+= IntegerSymbol.width(of: symbol)
            }
            bits += shift * (range.count - 1)
        }
        return entropy(counts) + bits * BinaryLogarithm.unit
    }

    /// The bits of that many symbols under a code made for them, in 1/256 bits.
    static func entropy(_ counts: [Int]) -> Int {
        let fractions = BinaryLogarithm.fractions
        var (total, sum) = (0, 0)
        for count in counts where count > 0 {
            total += count
            sum += count * BinaryLogarithm.of(UInt64(count), fractions.span)
        }
        return total * BinaryLogarithm.of(UInt64(total), fractions.span) - sum
    }
}
