/// The axis of values: its ends, and ticks at multiples of 1, 2 or 5 times a power of ten.
struct ValueAxis {
    /// A value with a label.
    struct Tick {
        let value: Double
        let label: String
    }

    let lower: Double
    let upper: Double
    let ticks: [Tick]

    /// An axis that holds all values, with at most so many ticks, but no fewer than three allowed.
    init(_ values: ClosedRange<Double>?, maximumTicks: Int) {
        let range = Self.widened(values)
        let most = max(3, maximumTicks)
        // Halves, because the whole range may be larger than the largest number.
        let half = range.upperBound / 2 - range.lowerBound / 2
        let rough = half / Double(most - 1) * 2
        var exponent = Decimal.exponent(of: rough)
        var step = Decimal(digits: 1, exponent: exponent)
        var multiples = Self.multiples(of: step, in: range)
        search: while exponent < 309 {
            for digits: Int64 in [1, 2, 5] {
                step = Decimal(digits: digits, exponent: exponent)
                multiples = Self.multiples(of: step, in: range)
                if multiples.count <= most { break search }
            }
            exponent += 1
        }
        let decimals = multiples.map { Decimal(digits: $0 * step.digits, exponent: step.exponent) }
        let labels = Decimal.labels(decimals)
        ticks = zip(decimals, labels).map { Tick(value: $0.value, label: $1) }
        lower = ticks.first?.value ?? range.lowerBound
        upper = ticks.last?.value ?? range.upperBound
    }

    /// From 0 (the lower end) to 1 (the upper end); values outside lie on the ends.
    func fraction(_ value: Double) -> Double {
        let part = (value / 2 - lower / 2) / (upper / 2 - lower / 2)
        return part.isFinite ? max(0, min(1, part)) : value > lower ? 1 : 0
    }

    private static func multiples(of step: Decimal, in range: ClosedRange<Double>) -> ClosedRange<Int64> {
        let low = range.lowerBound / step.value
        let high = range.upperBound / step.value
        // A value that is a multiple but for the error of the division does not ask for one more tick.
        let first = Self.isWhole(low) ? Int(nearest: low) : Int(floor: low)
        let last = Self.isWhole(high) ? Int(nearest: high) : Int(ceiling: high)
        return Int64(first)...Int64(max(first + 1, last))
    }

    private static func isWhole(_ value: Double) -> Bool {
        abs(value - Double(Int(nearest: value))) < 1e-6
    }

    /// A range that is neither empty nor too fine for the digits of a Double, whatever the values are.
    private static func widened(_ values: ClosedRange<Double>?) -> ClosedRange<Double> {
        guard let values else { return 0...1 }
        let limit = 1e308
        let low = max(-limit, min(limit, values.lowerBound))
        let high = max(-limit, min(limit, values.upperBound))
        let magnitude = max(abs(low), abs(high))
        if magnitude < 1e-290 { return low == 0 && high == 0 ? -1...1 : -1e-290...1e-290 }
        let half = high / 2 - low / 2
        if half * 2 >= magnitude * 1e-10 { return low...high }
        let room = magnitude * (low == high ? 0.1 : 1e-10)
        return max(-limit, low - room)...min(limit, high + room)
    }
}
