import TestSupport
import Testing

@testable import Tape

struct RatioFormTests {
    private let form = RatioForm(denominator: 2_048_000, keepsDecimal: false, isQuoted: false)
    private let python = RatioForm(denominator: 2_048_000, keepsDecimal: true, isQuoted: true)

    @Test func `a quotient becomes its numerator`() {
        #expect(parse("0.3034990234375", form) == 621_566)
        #expect(parse("-0.3034990234375", form) == -621_566)
        #expect(parse("1", form) == 2_048_000)
        #expect(parse("1.0", form) == nil)
        #expect(parse("0", form) == 0)
        #expect(parse("-0", form) == nil)
        #expect(parse("\"1.0\"", python) == 2_048_000)
        #expect(parse("\"1\"", python) == nil)
        #expect(parse("\"0.0\"", python) == 0)
        #expect(parse("0.30000000000000004", form) == nil)
        #expect(parse("0.30349902343750", form) == nil)
    }

    @Test func `numbers that printers write with an exponent have no value`() {
        let fine = RatioForm(denominator: 1 << 40, keepsDecimal: false, isQuoted: false)
        #expect(parse("0.00001", fine) == nil)
        #expect(parse("0.0001220703125", fine) == 1 << 27)
        #expect(parse("9007199254740992", fine) == nil)
        #expect(parse("8192", fine) == 1 << 53)
    }

    @Test(arguments: [1, 3, 7, 60, 1000, 2_048_000, 4_096_000, 16_777_216, 1 << 40] as [Int64])
    func `numerators print so that they read back, and as Swift prints the quotient`(denominator: Int64) {
        var generator = SeededGenerator(seed: denominator.magnitude)
        let form = RatioForm(denominator: denominator, keepsDecimal: true, isQuoted: false)
        for _ in 0..<3_000 {
            let value =
                Int64.random(in: 1...(1 << 50), using: &generator) >> Int64.random(in: 0..<50, using: &generator)
            let quotient = Double(value) / Double(denominator)
            guard quotient >= 1e-4, quotient < ShortestDecimal.largest else { continue }
            var output: [UInt8] = []
            output.append(addingCapacity: 300) { form.append(value, to: &$0) }
            #expect(String(decoding: output, as: UTF8.self) == quotient.description)
            let back = form.parse(output.span)
            #expect(back == value)
        }
    }

    @Test func `any double prints its shortest digits`() {
        var generator = SeededGenerator(seed: 5)
        for round in 0..<50_000 {
            var value = Double(sign: .plus, exponent: Int.random(in: -14...52, using: &generator), significand: 1)
            if round % 8 != 0 { value *= Double.random(in: 1..<2, using: &generator) }
            // Few bits make ties, all bits make long digits.
            if round % 3 == 0 { value = Double(Float(value)) }
            guard let printed = ShortestDecimal(value) else {
                #expect(value < ShortestDecimal.smallest || value >= ShortestDecimal.largest)
                continue
            }
            var output: [UInt8] = []
            output.append(addingCapacity: DecimalText.room) {
                DecimalText.append(
                    printed.digits, fractionCount: printed.fractionCount, isNegative: false, isQuoted: false, to: &$0)
            }
            let text = String(decoding: output, as: UTF8.self)
            #expect(text == value.description || text + ".0" == value.description)
        }
    }

    @Test func `doubles out of range have no digits`() {
        for value in [0, -1, -.infinity, .infinity, .nan, 9.9e-5, .leastNonzeroMagnitude, 9_007_199_254_740_992] {
            #expect(ShortestDecimal(value) == nil)
        }
        #expect(ShortestDecimal(16.110000610351562)?.digits == 16_110_000_610_351_562)
    }

    @Test func `what is read is printed as it was`() {
        for (index, denominator) in ([1, 60, 2_048_000, 1 << 40] as [Int64]).enumerated() {
            let form = RatioForm(denominator: denominator, keepsDecimal: index % 2 == 0, isQuoted: index == 3)
            FormToken.expectExact(.ratio(form), seed: UInt64(index))
        }
    }

    @Test func `any value prints something short`() {
        for value in [Int64.min, .max, -1, 0, 1, 1 << 53] {
            for denominator in [Int64.min, 0, 1, 3, .max] {
                var output: [UInt8] = []
                output.append(addingCapacity: 300) {
                    RatioForm(denominator: denominator, keepsDecimal: true, isQuoted: true).append(value, to: &$0)
                }
                #expect((5...26).contains(output.count))
            }
        }
    }

    private func parse(_ token: String, _ form: RatioForm) -> Int64? { form.parse(Array(token.utf8).span) }
}
