import DeviceProtocol
import Foundation
import Testing

@testable import Tapedeck

@Suite struct TimeExpressionErrorTests {
    @Test(arguments: [
        "", "  ", "tomorrow", "start", "end", "nowt", "now 14:00", "todayish", "today14:00", "today 14", "2026-11",
        "2026-1-2", "2026-11-22T", "2026-11-22T14", "2026-11-22 14:30:0", "2026-11-22 14:30:00.",
        "2026-11-22 14:30:00.1234567890", "2026-11-22 14:30:00,5", "2026-11-22T14:30+1:00", "2026-11-22T14:30+0100",
        "2026-11-22T14:30ZZ", "2026-11-22Z", "2026-11-22x", "@", "@-5", "@12.", "@1764000000123.5", "@1e9", "--5m", "-",
        "+", "- ago", "ago", "15m  ag", "15 m agoo", "-15m ago", "1:2:3", "14:3", "14:30pm", "14:30Z", "é",
        "２０２６-11-22",
        "2026\u{2011}11\u{2011}22", "-15m\n", "\0", String(repeating: "9", count: 201),
    ])
    func `refuses what is no time`(text: String) {
        #expect(throws: TimeExpressionError(text: text, reason: .malformed)) { try TimeExpression.parse(text) }
    }

    @Test(arguments: [
        ("2026-02-29", TimeExpressionError.Reason.noSuchTime), ("2026-13-01", .noSuchTime), ("2026-00-10", .noSuchTime),
        ("2026-11-31 10:00", .noSuchTime), ("24:00", .noSuchTime), ("12:60", .noSuchTime), ("12:00:61", .noSuchTime),
        ("2026-11-22T14:30+24:00", .noSuchTime), ("-15", .missingUnit), ("15", .bareNumber), ("20261122", .bareNumber),
        ("15 m 3", .missingUnit), ("-1h30", .missingUnit),
        ("15m", .missingDirection), ("2 hours", .missingDirection), ("0001-01-01T00:00:00Z", .outOfRange),
        ("9999-12-31", .outOfRange), ("2262-04-12", .outOfRange), ("2262-04-11T23:47:16.854775808Z", .outOfRange),
        ("@99999999999", .outOfRange), ("@9999999999999999999", .outOfRange), ("@99999999999999999999", .outOfRange),
        ("-99999999999d", .outOfRange), ("300000w ago", .outOfRange),
    ])
    func `says what is wrong`(text: String, reason: TimeExpressionError.Reason) {
        #expect(throws: TimeExpressionError(text: text, reason: reason)) { try TimeExpression.parse(text) }
    }

    @Test(arguments: ["-292y", "-1w", "-100000d", "14:30", "yesterday", "today", "+100000d", "now", "2262-04-11 23:47"])
    func `a reference at the end of time is an error at most`(text: String) throws {
        for nanoseconds in [Int64.min, Int64.min + 1, -1, 0, Int64.max - 1, Int64.max] {
            let now = Timestamp(nanoseconds: nanoseconds)
            for zone in ["UTC", "Pacific/Apia", "America/Los_Angeles"] {
                let zone = try #require(TimeZone(identifier: zone))
                do throws(TimeExpressionError) {
                    _ = try TimeExpression.parse(text).resolve(now: now, zone: zone)
                } catch { #expect(error.text == text) }
            }
        }
    }

    @Test(arguments: [
        ("tomorrow", "`tomorrow` is no time: write for example `2026-11-22 14:30` or `-15m`"),
        ("2026-02-30", "`2026-02-30` does not exist in the calendar: write for example `2026-11-22 14:30` or `-15m`"),
        ("-15", "`-15` has no unit: write for example `-90s` or `-15m`"),
        ("1764000000", "`1764000000` is only a number: write for example `@1764000000` or `-15m`"),
        ("15m", "`15m` is a length, not a time: write for example `-15m` or `15m ago`"),
        (
            "@99999999999",
            "`@99999999999` is outside of the years 1678 to 2261: write for example `2026-11-22 14:30` or `-15m`"
        ),
        (
            "\u{1b}[2J" + String(repeating: "x", count: 100),
            "` [2J" + String(repeating: "x", count: 56)
                + "…` is no time: write for example `2026-11-22 14:30` or `-15m`"
        ),
    ])
    func `names the text and two ways to write it right`(text: String, message: String) {
        let error = #expect(throws: TimeExpressionError.self) { try TimeExpression.parse(text) }
        #expect(error?.description == message)
    }

    @Test func `no text crashes`() throws {
        let pieces = [
            "2026", "-", "11", "22", "T", " ", "14:30", ":", "0", "9", "99999999999", "@", ".", "Z", "+", "ago",
            "today", "h",
            "m", "w", "now", "\u{301}", "é", "\0", "18446744073709551616", "yesterday", "ms", "\t",
        ]
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        var generator = SplitMix(state: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...7, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let now = Timestamp(nanoseconds: Int64.random(in: .min ... .max, using: &generator))
            _ = try? TimeExpression.parse(text).resolve(now: now, zone: zone)
            _ = try? DurationExpression.parse(text, allowNegative: true)
        }
    }
}

/// The same numbers on every run (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
