import Testing

@testable import Tapedeck

@Suite struct DurationExpressionTests {
    @Test(arguments: [
        ("15m", 900_000_000_000), ("1h30m", 5_400_000_000_000), ("250ms", 250_000_000), ("2d", 172_800_000_000_000),
        ("1.5h", 5_400_000_000_000), ("0s", 0), ("7ns", 7), ("3us", 3_000), ("3\u{b5}s", 3_000), ("3\u{3bc}s", 3_000),
        ("1w", 604_800_000_000_000), ("2 hours 30 minutes", 9_000_000_000_000), (" 1 H 30 M ", 5_400_000_000_000),
        ("1m1s1ms1us1ns", 61_001_001_001), ("+10s", 10_000_000_000), ("1hour", 3_600_000_000_000),
        ("1 day", 86_400_000_000_000),
        ("90 sec", 90_000_000_000), ("0.1ns", 0), ("1.0000000019s", 1_000_000_001),
        ("0.33333333333333333333h", 1_199_999_999_999), ("9223372036854775807ns", Int64.max),
    ])
    func `reads a length of time`(text: String, nanoseconds: Int64) throws {
        #expect(try DurationExpression.parse(text) == nanoseconds)
    }

    @Test(arguments: [
        "", " ", "m", "h1", "1h30mx", "1.m", ".5h", "1..5h", "1,5h", "1h-30m", "30m1h", "1h1h", "15 fortnights", "1M5O",
        "--5s", "1h 30m ago", "１５m", "1e3s", "inf", "0x10s",
    ])
    func `refuses what is no length of time`(text: String) {
        #expect(throws: DurationExpressionError(text: text, reason: .malformed)) { try DurationExpression.parse(text) }
    }

    @Test(arguments: ["90", "1h30", "1.5", "-90"])
    func `asks for the unit of a bare number`(text: String) {
        #expect(throws: DurationExpressionError(text: text, reason: .missingUnit)) {
            try DurationExpression.parse(text)
        }
    }

    @Test(arguments: ["9223372036854775808ns", "300000w", "99999999999999999999999999999s", "15250w5000d"])
    func `refuses what 64-bit nanoseconds cannot hold`(text: String) {
        #expect(throws: DurationExpressionError(text: text, reason: .tooLong)) { try DurationExpression.parse(text) }
    }

    @Test func `is negative only where that is allowed`() throws {
        #expect(throws: DurationExpressionError(text: "-5s", reason: .negative)) { try DurationExpression.parse("-5s") }
        #expect(try DurationExpression.parse("-5s", allowNegative: true) == -5_000_000_000)
    }

    @Test(arguments: [
        ("90", "`90` has no unit: write `90s` for seconds or `90m` for minutes"),
        ("-15", "`-15` has no unit: write `90s` for seconds or `90m` for minutes"),
        ("1h30", "`1h30` has no unit: write `90s` for seconds or `90m` for minutes"),
        ("soon", "`soon` is no length of time: write for example `90s` or `1h30m`"),
        ("-1s", "`-1s` must not be below zero: write for example `90s` or `1h30m`"),
        ("300000w", "`300000w` is longer than 292 years: write for example `90s` or `2w`"),
    ])
    func `names the text and two ways to write it right`(text: String, message: String) {
        let error = #expect(throws: DurationExpressionError.self) { try DurationExpression.parse(text) }
        #expect(error?.description == message)
    }
}
