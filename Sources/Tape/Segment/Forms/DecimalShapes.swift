/// Numbers of a sample by their count of decimals.
struct DecimalShapes {
    /// Decimals from which on a number may be a quotient, printed at a double's full length.
    static let longDecimals = 10

    private(set) var total = 0
    /// Numbers with so many decimals, and those of them that end with a zero.
    private var counts = InlineArray<20, Int>(repeating: 0)
    private var endingWithZero = InlineArray<20, Int>(repeating: 0)

    /// Takes one number into account.
    mutating func count(_ text: DecimalText) {
        total += 1
        let decimals = min(text.fractionCount, 19)
        counts[decimals] += 1
        if text.digits % 10 == 0 { endingWithZero[decimals] += 1 }
    }

    /// Numbers of ten decimals and more.
    var longCount: Int { share(above: Self.longDecimals - 1) }

    /// The form of the printer that fits best; none when there are no numbers.
    func forms(isQuoted: Bool) -> [TokenForm] {
        guard total > 0 else { return [] }
        let decimals = decimals
        let habit = habit(decimals)
        return [.decimal(DecimalForm(decimals: decimals, habit: habit, isQuoted: isQuoted))]
    }

    private func share(above decimals: Int) -> Int {
        var count = 0
        for index in (decimals + 1)..<20 { count += counts[index] }
        return count
    }

    /// The count of decimals that costs least.
    ///
    /// Numbers with more are kept as text, of 20 bytes or so, but each decimal adds 3.3 bits to every other number: one
    /// more must help two numbers in a hundred.
    private var decimals: Int {
        var best = 0
        var lowest = Int.max
        for decimals in 0...DecimalForm.maximumDecimals {
            let outliers = share(above: decimals)
            // In thousandths of a byte.
            let cost = outliers * 20_000 + (total - outliers) * decimals * 415
            if cost < lowest {
                lowest = cost
                best = decimals
            }
        }
        return best
    }

    private func habit(_ decimals: Int) -> DecimalForm.Habit {
        let fixed = counts[decimals]
        var shortest = counts[0]
        var withDecimal = 0
        if decimals > 0 {
            shortest += counts[1] - endingWithZero[1]
            withDecimal += counts[1]
            for index in 1..<decimals {
                let canonical = counts[index + 1] - endingWithZero[index + 1]
                shortest += canonical
                withDecimal += canonical
            }
        }
        if fixed >= shortest, fixed >= withDecimal { return .fixed }
        return shortest >= withDecimal ? .shortest : .shortestWithDecimal
    }
}
