import TestSupport
import Testing

@testable import Tape

struct DecimalFormTests {
    private static let forms = [0, 1, 2, 3, 7, 8, 9, 15, 17, 18].flatMap { decimals in
        DecimalForm.Habit.allCases.flatMap { habit in
            [false, true].map { DecimalForm(decimals: decimals, habit: habit, isQuoted: $0) }
        }
    }

    @Test func `numbers become mantissas at the form's decimals`() {
        #expect(parse("12.50", .fixed) == 1250)
        #expect(parse("-0.05", .fixed) == -5)
        #expect(parse("12.5", .fixed) == nil)
        #expect(parse("12.5", .shortest) == 1250)
        #expect(parse("12.50", .shortest) == nil)
        #expect(parse("12", .shortest) == 1200)
        #expect(parse("12.0", .shortest) == nil)
        #expect(parse("0", .shortest) == 0)
        #expect(parse("12.0", .shortestWithDecimal) == 1200)
        #expect(parse("12", .shortestWithDecimal) == nil)
        #expect(parse("12.25", .shortestWithDecimal) == 1225)
        #expect(parse("12.20", .shortestWithDecimal) == nil)
        #expect(parse("12.255", .shortest) == nil)
    }

    @Test(arguments: [
        "", "-", "-0", "+1", "01", "-01", "1.", ".5", "1e3", "1E3", " 1", "1 ", "1,5", "0x1", "\"1\"", "--1",
    ])
    func `no other spelling has a value`(token: String) {
        for decimals in [0, 1, 2] {
            for habit in DecimalForm.Habit.allCases {
                let form = DecimalForm(decimals: decimals, habit: habit, isQuoted: false)
                #expect(value(token, form) == nil)
            }
        }
    }

    @Test func `mantissas up to the largest Int64 have a value`() {
        let whole = DecimalForm(decimals: 0, habit: .fixed, isQuoted: false)
        #expect(value("9223372036854775807", whole) == Int64.max)
        #expect(value("-9223372036854775807", whole) == -Int64.max)
        #expect(value("9223372036854775808", whole) == nil)
        #expect(value("18446744073709551617", whole) == nil)
        let fine = DecimalForm(decimals: 18, habit: .shortest, isQuoted: false)
        #expect(value("9.223372036854775807", fine) == Int64.max)
        #expect(value("9.3", fine) == nil)
        #expect(value("10", fine) == nil)
        #expect(value("0.000000000000000001", fine) == 1)
    }

    @Test func `what is read is printed as it was`() {
        for (index, form) in Self.forms.enumerated() {
            FormToken.expectExact(.decimal(form), seed: UInt64(index), count: 1_000)
        }
    }

    @Test func `every value that a token can have is printed so that it reads back`() {
        var generator = SeededGenerator(seed: 9)
        for round in 0..<50_000 {
            let form = Self.forms[round % Self.forms.count]
            let value =
                Int64.random(in: -Int64.max...Int64.max, using: &generator)
                >> Int64.random(in: 0..<64, using: &generator)
            var output: [UInt8] = []
            output.append(addingCapacity: 300) { form.append(value, to: &$0) }
            let back = form.parse(output.span)
            #expect(back == value)
        }
    }

    @Test func `the smallest Int64 prints and does not trap`() {
        for form in Self.forms {
            var output: [UInt8] = []
            output.append(addingCapacity: 300) { form.append(.min, to: &$0) }
            #expect((20...24).contains(output.count))
        }
    }

    @Test func `decimals out of range are brought into it`() {
        #expect(DecimalForm(decimals: 99, habit: .fixed, isQuoted: false).decimals == 18)
        #expect(DecimalForm(decimals: -1, habit: .fixed, isQuoted: false).decimals == 0)
        #expect(DecimalForm(decimals: 0, habit: .shortestWithDecimal, isQuoted: false).decimals == 1)
    }

    private func parse(_ token: String, _ habit: DecimalForm.Habit) -> Int64? {
        DecimalForm(decimals: 2, habit: habit, isQuoted: false).parse(Array(token.utf8).span)
    }

    private func value(_ token: String, _ form: DecimalForm) -> Int64? { form.parse(Array(token.utf8).span) }
}
