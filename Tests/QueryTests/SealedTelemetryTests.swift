import DeviceProtocol
import MQTTWire
import Tape
import TapeTestSupport
import TestSupport
import Testing

@testable import Query

/// What columns tell of telemetry is what the messages tell.
@Suite struct SealedTelemetryTests {
    @Test(arguments: 0..<6 as Range<UInt64>)
    func `sealed and unsealed tapes give the same samples in the same order`(_ seed: UInt64) throws {
        let (plain, sealed) = try tapes(seed)
        for selection in Self.selections {
            for metrics in [[], ["a*"], ["status"], ["a", "s"], ["*"]] {
                let expected = try samples(plain, selection, metrics)
                let answer = try samples(sealed, selection, metrics)
                let different = zip(answer.rows, expected.rows).first { $0 != $1 }
                #expect(different == nil)
                #expect(answer.rows.count == expected.rows.count)
                #expect(answer.duplicates == expected.duplicates)
                #expect(answer.unreadable == expected.unreadable)
                // Whole segments are asked for names, so that there may be more of them.
                #expect(answer.others.isSuperset(of: expected.others))
            }
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `sealed and unsealed tapes give the same trend`(_ seed: UInt64) throws {
        let (plain, sealed) = try tapes(seed)
        for selection in Self.selections {
            for grouping in [TrendGrouping.together, .device, .attribute("s"), .attribute("firmware")] {
                for clock in TelemetryClock.allCases {
                    var query = TrendQuery(
                        selection, metrics: [Glob("*")], grid: BucketGrid(every: 60_000_000_000))
                    query.grouping = grouping
                    query.clock = clock
                    query.countsIncrease = true
                    query.countsDeviation = true
                    let (expected, answer) = (try query.answer(plain), try query.answer(sealed))
                    // Sums depend on the order in their last bits, whatever is carried along.
                    let isSame = answer.rows.map(\.withoutSums) == expected.rows.map(\.withoutSums)
                    #expect(isSame)
                    #expect(answer.others == expected.others)
                    #expect(answer.duplicates == expected.duplicates)
                    let states = StateTimesQuery(query, hold: 30_000_000_000)
                    let isSameTimes = try states.answer(sealed).rows == states.answer(plain).rows
                    #expect(isSameTimes)
                }
            }
        }
    }

    private static let selections: [Selection] = {
        var window = Selection()
        window.since = TestTape.time(500)
        window.until = TestTape.time(2_500)
        var device = Selection()
        device.devices = ["A"]
        var session = Selection()
        session.sessions = [1]
        return [Selection(), window, device, session]
    }()

    private func tapes(_ seed: UInt64) throws -> (plain: TapeReader, sealed: TapeReader) {
        let fleet = try RandomFleet(
            seed: seed, messages: 250,
            habits: .init(redelivers: seed % 3 == 0, namesDevices: seed % 2 == 0, restarts: seed % 4 != 1),
            Self.message)
        return (try fleet.plain.reader(), try fleet.sealed.reader())
    }

    private func samples(
        _ tape: TapeReader, _ selection: Selection, _ metrics: [String]
    ) throws -> (rows: [TelemetryRow], duplicates: Int, unreadable: Int, others: Set<String>) {
        var stream = try TelemetryStream(tape, selection, metrics: metrics.map { Glob($0) })
        var rows: [TelemetryRow] = []
        while let row = try stream.next() { rows.append(row) }
        #expect(stream.scan.damages.isEmpty)
        return (rows, stream.scan.duplicates, stream.scan.unreadable, stream.scan.otherMetrics)
    }

    private static func message(
        _ random: inout SeededGenerator, _ habits: RandomFleet.Habits
    ) -> (topic: String, payload: String, properties: [PublishProperty]) {
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
        let device = pick(["A", "B", "C"])
        let number = "\(Int.random(in: -50...50, using: &random)).\(Int.random(in: 1...9, using: &random))"
        let value = pick([
            number, number, number, "null", "\"x\"", "\"a\\u0041\\\"\"", "true", "1e400", "12", "{\"y\":[]}",
        ])
        let status = pick(["\"online\"", "\"online\"", "\"off\\u006cine\"", "null", "7"])
        // Few instants, so that some are shared.
        let seconds = Int.random(in: 0...59, using: &random)
        let time = pick([
            "\"2026-11-22T14:1\(seconds % 10):\(10 + seconds % 50).5Z\"", "\"1970-01-01T00:00:00Z\"", "17", "null",
        ])
        let named = habits.namesDevices ? pick(["", "\"device_id\":\"A\","]) : ""
        let payload = pick([
            "{\(named)\"status\":\(status),\"timestamp\":\(time),\"telemetries\":{\"a\":\(value),\"ab\":\(number),\"s\":\"on\"}}",
            "{\(named)\"status\":\(status),\"timestamp\":\(time),\"telemetries\":{\"a\":\(value),\"ab\":\(number),\"s\":\"off\"}}",
            "{\"timestamp\":\(time),\"telemetries\":{\"é\":\(number),\"e\u{301}\":1,\"status\":\(status)}}",
            "{\"status\":\(status),\"override\":\(pick(["true", "false"])),\"telemetries\":{\"a\":\(value)}}",
            "{\"status\":\(status)}", "{\"status\":\(status),\"telemetries\":{}}",
            "{\"telemetries\":{\"a\":{},\"b\":[]}}",
            "[{\"device_id\":\"B\",\"telemetries\":{\"a\":\(number)}},{\"telemetries\":{\"a\":2}}]", "no JSON",
            "{\"telemetries\":{\"a\":1,\"a\":2}}", "{\"common\":{\"status\":\"ok\"},\"custom\":{\"a\":\(number)}}",
        ])
        if Int.random(in: 0..<12, using: &random) == 0 {
            return (
                "v1/device/\(device)/update", "{\"firmware_version\":\"1.\(Int.random(in: 0...3, using: &random))\"}",
                []
            )
        }
        return ("v1/device/\(device)/telemetry", payload, [])
    }
}

extension TrendRow {
    fileprivate var withoutSums: TrendRow {
        var row = self
        row.sum = sum.rounded()
        row.average = (average * 1e9).rounded()
        row.deviation = deviation.map { ($0 * 1e6).rounded() }
        row.increase = increase.map { ($0 * 1e6).rounded() }
        row.rate = rate.map { ($0 * 1e6).rounded() }
        return row
    }
}
