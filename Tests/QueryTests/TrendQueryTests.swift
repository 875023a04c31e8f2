import DeviceProtocol
import Tape
import TapeTestSupport
import Testing

@testable import Query

@Suite struct TrendQueryTests {
    private let minute: Int64 = 60_000_000_000

    @Test func `names that only look the same are metrics of their own`() throws {
        let rows = try trend([
            (0, "A", "{\"telemetries\":{\"\u{E9}\":1}}"), (1, "A", "{\"telemetries\":{\"e\u{301}\":5}}"),
        ])
        #expect(rows.map(\.count) == [1, 1])
    }

    @Test func `of numbers at the same instant the one that arrived first is the first`() throws {
        let tape = try TestTape()
        let stamp = #""timestamp":"2026-11-22T14:00:30Z""#
        tape.add("v1/device/A/telemetry", "{\(stamp),\"telemetries\":{\"x\":1,\"y\":0}}", at: 31)
        tape.add("v1/device/A/telemetry", "{\(stamp),\"telemetries\":{\"x\":2}}", at: 32)
        tape.add("v1/device/A/telemetry", "{\(stamp),\"telemetries\":{\"x\":3,\"y\":0}}", at: 33)
        tape.add("v1/device/B/telemetry", "{\(stamp),\"telemetries\":{\"x\":4}}", at: 34)
        try tape.seal()
        let row = try #require(try answer(tape, "x").rows.first)
        #expect(row.first == 1)
        #expect(row.last == 4)
    }

    @Test func `the mean of huge numbers is finite, and small ones beside them are not lost`() throws {
        #expect(try numbers(["1e308", "1e308", "-1e308"]).average == 1e308 / 3)
        #expect(try numbers(["1e16", "1", "-1e16"]).average == 1.0 / 3)
        #expect(try numbers(["-1e308", "1e308"]).median == 0)
    }

    @Test func `percentiles between two numbers are interpolated with whole weights`() throws {
        let row = try numbers(["1", "2", "3", "4"])
        #expect(row.median == 2.5)
        #expect(row.percentile95 == 3.85)
    }

    @Test func `the standard deviation is that of a sample, and a single number has none`() throws {
        #expect(try numbers(["2", "4", "4", "4", "5", "5", "7", "9"]).deviation == (32.0 / 7).squareRoot())
        #expect(try numbers(["2"]).deviation == nil)
    }

    @Test func `any percentile can be asked for`() throws {
        var query = TrendQuery(Selection(), metrics: [Glob("x")], grid: BucketGrid(every: minute))
        query.quantiles = [
            try #require(Quantile("p0")), try #require(Quantile("p99.9")), try #require(Quantile("p10")),
        ]
        let row = try #require(try query.answer(try tape((0...1000).map { "\($0)" }).reader()).rows.first)
        #expect(row.quantiles == [0, 999, 100])
        #expect(["p", "q5", "p101", "p5.55", "p-1", "95"].allSatisfy { Quantile($0) == nil })
    }

    @Test func `a counter grows through its resets, and not across a loss`() throws {
        var query = TrendQuery(Selection(), metrics: [Glob("x")], grid: BucketGrid(every: minute))
        query.countsIncrease = true
        let row = try #require(try query.answer(try tape(["10", "15", "3", "4"]).reader()).rows.first)
        // 10 → 15, begun anew at 3, 3 → 4; three steps of 10 ms each.
        #expect(row.increase == 9)
        #expect(abs((row.rate ?? 0) - 300) < 0.1)
    }

    @Test func `rows by an attribute follow what the device said last`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"x":1}}"#, at: 1)
        tape.add("v1/device/A/update", #"{"firmware_version":"1.0"}"#, at: 2)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"x":2}}"#, at: 3)
        tape.add("v1/device/A/update", #"{"firmware_version":"1.1"}"#, at: 4)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"x":3}}"#, at: 5)
        var query = TrendQuery(Selection(), metrics: [Glob("x")], grid: BucketGrid(every: minute))
        query.grouping = .attribute("firmware")
        for isSealed in [false, true] {
            if isSealed { try tape.seal() }
            let rows = try query.answer(try tape.reader()).rows
            #expect(rows.map(\.group) == [nil, "1.0", "1.1"])
            #expect(rows.map(\.first) == [1, 2, 3])
        }
    }

    @Test func `only the series with the greatest mean are left`() throws {
        let tape = try TestTape()
        for (index, device) in ["A", "B", "C"].enumerated() {
            tape.add("v1/device/\(device)/telemetry", #"{"telemetries":{"x":\#(index * 7 % 5)}}"#, at: Double(index))
        }
        var query = TrendQuery(Selection(), metrics: [Glob("x")], grid: BucketGrid(every: minute))
        query.grouping = .device
        query.top = 2
        let answer = try query.answer(try tape.reader())
        #expect(answer.rows.map(\.device) == ["B", "C"])
        #expect(answer.seriesLeftOut == 1)
    }

    @Test func `days follow the clock of the zone`() {
        // Ahead by one hour, by two from 2026-03-29T01:00:00Z on.
        let change: Int64 = 1_774_746_000_000_000_000
        let grid = BucketGrid(every: 24 * 60 * minute) { $0 < change ? 60 * 60_000_000_000 : 120 * 60_000_000_000 }
        let day = grid.bucket(of: change)
        #expect(day.lowerBound == change - 2 * 60 * minute)
        #expect(day.upperBound - day.lowerBound == 23 * 60 * minute)
        #expect(grid.bucket(of: day.upperBound).lowerBound == day.upperBound)
        #expect(grid.bucket(of: day.lowerBound - 1).upperBound == day.lowerBound)
    }

    @Test func `weeks begin on Mondays`() throws {
        let grid = BucketGrid(every: 7 * 24 * 60 * minute)
        let week = grid.bucket(of: TestTape.time(0).nanoseconds)
        // 2026-11-22 is a Sunday.
        #expect(Timestamp(nanoseconds: week.lowerBound).rfc3339 == "2026-11-16T00:00:00.000000000Z")
    }

    @Test(arguments: [Int64.min, .max, 0, -1]) func `every instant has a bucket`(time: Int64) {
        for every in [1, minute, 24 * 60 * minute, 7 * 24 * 60 * minute, Int64.max] {
            #expect(BucketGrid(every: every).bucket(of: time).lowerBound <= time)
        }
    }

    @Test func `a state holds until the next, as long as it may, and not beyond the recording`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"s":"on"}}"#, at: 0)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"s":"off"}}"#, at: 10)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"s":true}}"#, at: 50)
        try tape.end(at: 55)
        let query = TrendQuery(Selection(), metrics: [Glob("s")], grid: BucketGrid(every: minute))
        let rows = try StateTimesQuery(query, hold: 20_000_000_000).answer(try tape.reader()).rows
        #expect(rows.map { "\($0.value) \($0.duration / 1_000_000_000)" } == ["\"off\" 20", "\"on\" 10", "true 5"])
        #expect(rows.map(\.entries) == [1, 1, 1])
    }

    @Test func `a bucket stands beside the one that long before`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"x":10}}"#, at: 0)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"x":15}}"#, at: 60)
        let rows = try answer(tape, "x").rows
        let pairs = TrendComparisonRow.rows([rows[1]], against: rows, shift: minute)
        #expect(pairs.map(\.change) == [5, nil])
        #expect(pairs[0].changePercent == 50)
    }

    // MARK: Support

    private func tape(_ values: [String]) throws -> TestTape {
        let tape = try TestTape()
        for (index, value) in values.enumerated() {
            tape.add("v1/device/A/telemetry", "{\"telemetries\":{\"x\":\(value)}}", at: Double(index) / 100)
        }
        return tape
    }

    private func numbers(_ values: [String]) throws -> TrendRow {
        try #require(try answer(try tape(values), "x").rows.first)
    }

    private func answer(_ tape: TestTape, _ metric: String) throws -> TrendAnswer {
        var query = TrendQuery(Selection(), metrics: [Glob(metric)], grid: BucketGrid(every: minute))
        query.countsDeviation = true
        return try query.answer(try tape.reader())
    }

    private func trend(_ messages: [(Double, String, String)]) throws -> [TrendRow] {
        let tape = try TestTape()
        for (time, device, payload) in messages { tape.add("v1/device/\(device)/telemetry", payload, at: time) }
        return try answer(tape, "*").rows
    }
}
