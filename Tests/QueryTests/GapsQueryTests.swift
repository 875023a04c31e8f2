import DeviceProtocol
import Query
import Tape
import TapeTestSupport
import TestSupport
import Testing

@Suite struct GapsQueryTests {
    @Test func `a silence is several times as long as usual`() throws {
        let tape = try TestTape()
        for second in [0.0, 20, 40, 60, 80, 180, 200, 290, 300] { Self.speak(tape, "A", second) }
        let rows = try rows(tape, until: 310)
        #expect(rows.map(\.kind) == [.silence])
        #expect(rows.first?.from == TestTape.time(80) && rows.first?.until == TestTape.time(180))
        #expect(rows.first?.expected == TestTape.nanoseconds(20))
    }

    @Test func `a silence that still lasts has no end`() throws {
        let tape = try TestTape()
        for second in 0..<5 { Self.speak(tape, "A", Double(second) * 10) }
        tape.add("v1/device/A/config", #"{"version":1}"#, at: 200)
        let row = try #require(try rows(tape, until: 400).first)
        #expect(row.isOpen && row.from == TestTape.time(40) && row.duration == TestTape.nanoseconds(360))
    }

    @Test func `what the ledger covers is no silence, and what it touches is said to be unknown`() throws {
        let tape = try TestTape()
        for second in 0..<5 { Self.speak(tape, "A", Double(second) * 10) }
        Self.speak(tape, "A", 200)
        Self.speak(tape, "A", 210)
        Self.speak(tape, "A", 500)
        try tape.add(gap: Self.gap(.disconnected, 41, 195))
        try tape.add(gap: Self.gap(.disconnected, 300, 350))
        try tape.add(gap: Self.gap(.downgraded, 0, 1_000))
        let rows = try rows(tape, until: 510)
        #expect(rows.map(\.kind) == [.ledger, .ledger, .silence, .ledger])
        #expect(rows[2].from == TestTape.time(210))
        #expect(rows[2].unknown == TestTape.nanoseconds(50))
        #expect(rows[2].duration == TestTape.nanoseconds(290))
    }

    @Test func `devices of which little is known are judged by the length asked for alone`() throws {
        let tape = try TestTape()
        Self.speak(tape, "A", 0)
        Self.speak(tape, "A", 700)
        #expect(try rows(tape, until: 700).isEmpty)
        var query = GapsQuery(Selection())
        query.rule.minimum = TestTape.nanoseconds(600)
        query.rule.judgesByMinimumAlone = true
        #expect(try query.answer(try tape.reader(), lastingUntil: TestTape.time(700)).rows.map(\.expected) == [nil])
    }

    @Test func `a window shows what touches it, told from all before`() throws {
        let tape = try TestTape()
        for second in 0..<10 { Self.speak(tape, "A", Double(second) * 10) }
        Self.speak(tape, "A", 300)
        var query = GapsQuery(Selection())
        query.selection.since = TestTape.time(200)
        query.selection.until = TestTape.time(250)
        let row = try #require(try query.answer(try tape.reader(), lastingUntil: TestTape.time(900)).rows.first)
        #expect(row.from == TestTape.time(90) && row.isOpen && row.duration == TestTape.nanoseconds(160))
        query.selection.since = TestTape.time(310)
        query.selection.until = nil
        #expect(try query.answer(try tape.reader(), lastingUntil: TestTape.time(320)).rows.isEmpty)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `sealed and unsealed tapes give the same silences`(_ seed: UInt64) throws {
        let fleet = try RandomFleet(
            seed: seed, messages: 500, habits: .init(redelivers: seed % 2 == 0, restarts: true)
        ) { random, _ in
            let device = random.pick(["A", "A", "A", "A", "A", "A", "A", "A", "B", "C"])
            switch Int.random(in: 0..<5, using: &random) {
            case 0: return ("v1/device/\(device)/commands/update", #"{"id":1,"status":"done"}"#, [])
            case 1: return ("v1/device/\(device)/space_info", "{}", [])
            default: return ("v1/device/\(device)/telemetry", #"{"telemetries":{"a":\#(random.next() % 9)}}"#, [])
            }
        }
        var query = GapsQuery(Selection())
        query.rule.factor = 3
        query.rule.minimum = TestTape.nanoseconds(20)
        let expected = try query.answer(try fleet.plain.reader(), lastingUntil: TestTape.time(20_000))
        let answer = try query.answer(try fleet.sealed.reader(), lastingUntil: TestTape.time(20_000))
        #expect(!expected.rows.isEmpty && answer.rows == expected.rows && answer.duplicates == expected.duplicates)
    }

    private static func speak(_ tape: TestTape, _ device: String, _ second: Double) {
        tape.add("v1/device/\(device)/telemetry", #"{"telemetries":{}}"#, at: second)
    }

    private static func gap(_ cause: Gap.Cause, _ from: Double, _ until: Double) -> Gap {
        Gap(session: 1, cause: cause, beganAt: TestTape.time(from), endedAt: TestTape.time(until))
    }

    private func rows(_ tape: TestTape, until second: Double) throws -> [GapRow] {
        try GapsQuery(Selection()).answer(try tape.reader(), lastingUntil: TestTape.time(second)).rows
    }
}
