import TestSupport
import Testing

@testable import Tape

struct TimeFormTests {
    private let seconds = TimeForm(
        fractionDigits: 0, trimsFraction: false, separator: 0x54, suffix: [], isQuoted: false)
    private let milliseconds = TimeForm(
        fractionDigits: 3, trimsFraction: false, separator: 0x54, suffix: [0x5a], isQuoted: true)
    private let trimmed = TimeForm(
        fractionDigits: 9, trimsFraction: true, separator: 0x20, suffix: Array("+01:00".utf8), isQuoted: false)

    @Test func `a time becomes units since 1970 of its own clock`() {
        #expect(parse("1970-01-01T00:00:00", seconds) == 0)
        #expect(parse("2026-03-01T00:00:00", seconds) == 1_772_323_200)
        #expect(parse("1969-12-31T23:59:59", seconds) == -1)
        #expect(parse("\"2026-03-01T00:01:00.259Z\"", milliseconds) == 1_772_323_260_259)
        #expect(parse("\"1969-12-31T23:59:59.999Z\"", milliseconds) == -1)
        #expect(parse("2026-03-01 00:00:00+01:00", trimmed) == 1_772_323_200_000_000_000)
        #expect(parse("2026-03-01 00:00:00.0005+01:00", trimmed) == 1_772_323_200_000_500_000)
        #expect(parse("2026-03-01 00:00:00.00050+01:00", trimmed) == nil)
        #expect(parse("2026-03-01 00:00:00.+01:00", trimmed) == nil)
    }

    @Test(arguments: [
        "2026-13-01T00:00:00", "2026-00-01T00:00:00", "2026-04-31T00:00:00", "2026-02-29T00:00:00",
        "2026-01-00T00:00:00",
        "1900-02-29T00:00:00", "2026-03-01T24:00:00", "2026-03-01T23:60:00", "2026-12-31T23:59:60",
        "0000-01-01T00:00:00",
        "2026-03-01 00:00:00", "2026-03-01t00:00:00", "2026/03/01T00:00:00", "2026-03-01T00.00:00",
        "2026-03-01T00:00:0",
        "2026-03-01T00:00:00Z", "2026-03-01T00:00:00.", "2026-03-01T00:00:00.0", "2o26-03-01T00:00:00", "",
    ])
    func `what is no time of the form has no value`(token: String) {
        #expect(parse(token, seconds) == nil)
    }

    @Test func `every day of the years 1 to 9999 has its number`() {
        var number = CivilClock.first / 86_400
        for year in 1...9999 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (index, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in [1, length] {
                    let token = "\(padded(year, 4))-\(padded(index + 1, 2))-\(padded(day, 2))T00:00:00"
                    let value = (number + Int64(day) - 1) * 86_400
                    if parse(token, seconds) != value || printed(value, seconds) != token {
                        Issue.record("\(token) is not \(value)")
                    }
                }
                number += Int64(length)
            }
        }
        #expect(number * 86_400 == CivilClock.last + 1)
    }

    @Test(arguments: 0...9)
    func `every value in range prints so that it reads back`(digits: Int) {
        var generator = SeededGenerator(seed: UInt64(digits))
        let scale = Int64(PowersOfTen[digits])
        let first = CivilClock.first.multipliedReportingOverflow(by: scale)
        let last = CivilClock.last.multipliedReportingOverflow(by: scale)
        let range =
            (first.overflow ? .min + scale : first.partialValue)...(last.overflow ? .max - scale : last.partialValue)
        for round in 0..<5_000 {
            let form = TimeForm(
                fractionDigits: digits, trimsFraction: round % 2 == 0, separator: round % 3 == 0 ? 0x20 : 0x54,
                suffix: Array("+01:00:0".utf8.prefix(round % 9)), isQuoted: round % 5 == 0)
            var value = Int64.random(in: range, using: &generator)
            if round % 4 == 0 { value -= value % (scale / Int64(PowersOfTen[round % (digits + 1)])) }
            var output: [UInt8] = []
            output.append(addingCapacity: 300) { form.append(value, to: &$0) }
            let back = form.parse(output.span)
            #expect(back == value)
        }
    }

    @Test func `what is read is printed as it was`() {
        for (index, form) in [seconds, milliseconds, trimmed].enumerated() {
            FormToken.expectExact(.time(form), seed: UInt64(index))
        }
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<50_000 {
            let token =
                "\"\(padded(Int.random(in: 0...9999, using: &generator), 4))-\(field(&generator))-\(field(&generator))T"
                + "\(field(&generator)):\(field(&generator)):\(field(&generator)).\(padded(Int.random(in: 0...999, using: &generator), 3))Z\""
            if let value = parse(token, milliseconds) { #expect(printed(value, milliseconds) == token) }
        }
    }

    @Test func `values beyond the calendar print its first or last second`() {
        #expect(printed(.max, seconds) == "9999-12-31T23:59:59")
        #expect(printed(.min, seconds) == "0001-01-01T00:00:00")
        for digits in 0...9 {
            let form = TimeForm(
                fractionDigits: digits, trimsFraction: false, separator: 0, suffix: Array(repeating: 0x5a, count: 20),
                isQuoted: true)
            #expect(printed(.min, form).utf8.count == (digits > 0 ? 30 + digits : 29))
            #expect(printed(.max, form).utf8.count == (digits > 0 ? 30 + digits : 29))
        }
    }

    @Test func `nanoseconds that do not fit have no value`() {
        let nanoseconds = TimeForm(
            fractionDigits: 9, trimsFraction: false, separator: 0x54, suffix: [], isQuoted: false)
        #expect(parse("2262-04-11T23:47:16.854775807", nanoseconds) == .max)
        #expect(parse("2262-04-11T23:47:16.854775808", nanoseconds) == nil)
        #expect(parse("1600-01-01T00:00:00.000000000", nanoseconds) == nil)
    }

    private func parse(_ token: String, _ form: TimeForm) -> Int64? { form.parse(Array(token.utf8).span) }

    private func printed(_ value: Int64, _ form: TimeForm) -> String {
        var output: [UInt8] = []
        output.append(addingCapacity: 300) { form.append(value, to: &$0) }
        return String(decoding: output, as: UTF8.self)
    }

    private func field(_ generator: inout SeededGenerator) -> String {
        padded(Int.random(in: 0...62, using: &generator) / Int.random(in: 1...4, using: &generator), 2)
    }

    private func padded(_ number: Int, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
