import Testing

@testable import Plot

@Suite struct ValueAxisTests {
    @Test(arguments: [
        (0.0, 1.0), (20, 31), (-5, 5), (21.5, 21.5), (0, 0), (-3, -3), (1e300, 1.5e300), (-1.79e308, 1.79e308),
        (1e-300, 2e-300), (0, .leastNonzeroMagnitude), (.leastNonzeroMagnitude, .leastNonzeroMagnitude),
        (1e15, 1e15 + 1), (1e15, 1e15), (0, 1e308), (-1e-9, 1e9),
        (.greatestFiniteMagnitude, .greatestFiniteMagnitude), (0.1, 0.3), (99.99999, 100.00001), (1, 1 + 1e-15),
    ])
    func `is never degenerate`(low: Double, high: Double) {
        for most in [0, 2, 3, 5, 12] {
            let axis = ValueAxis(low...high, maximumTicks: most)
            #expect(axis.lower < axis.upper && axis.lower.isFinite && axis.upper.isFinite)
            #expect(axis.ticks.count >= 2 && axis.ticks.count <= max(3, most), "\(axis.ticks)")
            #expect(Set(axis.ticks.map(\.label)).count == axis.ticks.count, "\(axis.ticks)")
            #expect(axis.ticks.allSatisfy { $0.label.utf8.count <= 20 }, "\(axis.ticks)")
            let ends = [axis.fraction(low), axis.fraction(high)]
            #expect(ends.allSatisfy { (0...1).contains($0) } && ends[0] <= ends[1])
        }
    }

    @Test(arguments: [
        (0.0, 1.0, 6, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]), (20, 31, 6, ["20", "25", "30", "35"]),
        (-5, 5, 5, ["-5", "0", "5"]), (0, 2_000_000, 3, ["0", "1000000", "2000000"]),
        (0, 2e12, 3, ["0", "1e12", "2e12"]), (1e-9, 3e-9, 6, ["1e-9", "1.5e-9", "2e-9", "2.5e-9", "3e-9"]),
        (0.15, 0.3, 4, ["0.15", "0.20", "0.25", "0.30"]),
    ])
    func `has ticks at multiples of 1, 2 or 5`(low: Double, high: Double, most: Int, labels: [String]) {
        let found = ValueAxis(low...high, maximumTicks: most).ticks.map(\.label)
        #expect(found == labels)
    }

    @Test func `without values goes from 0 to 1`() {
        let axis = ValueAxis(nil, maximumTicks: 3)
        #expect(axis.lower == 0 && axis.upper == 1)
    }

    @Test(arguments: [0.001, 1, 9.999999, 10, 1e22, 1e-300, .leastNonzeroMagnitude, 1.7e308, 999.9999999999999])
    func `knows the power of ten below a number`(value: Double) {
        let exponent = Decimal.exponent(of: value)
        #expect(Decimal(digits: 1, exponent: exponent).value <= value || exponent == -320)
        #expect(exponent == 308 || Decimal(digits: 1, exponent: exponent + 1).value > value)
    }
}
