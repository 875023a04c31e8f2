import DeviceProtocol
import JSONScan
import Query
import Tape
import TapeTestSupport
import Testing

@testable import TapeSQL

/// `samples` has the rows of `query telemetry -m '*'`, whatever way they are read.
@Suite struct SamplesTests {
    private static let columns = "seq, time, device_time, device, metric, value, type, status, op"

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `sealed and unsealed, samples are those of telemetry`(_ seed: UInt64) throws {
        let fleet = try OddFleet(seed: seed)
        let expected = try Self.telemetry(fleet.plain)
        for tape in [fleet.plain, fleet.sealed] {
            #expect(try tape.ask("SELECT \(Self.columns) FROM samples WHERE metric NOT NULL ORDER BY seq") == expected)
            #expect(try tape.ask("SELECT count(*) FROM samples WHERE metric NOT NULL") == ["\(expected.count)"])
            let grouped = try tape.ask(
                "SELECT device, count(*), count(value) FROM samples WHERE metric = 'temp' GROUP BY device")
            let sorted = try tape.ask(
                "SELECT device, count(*), count(value) FROM samples WHERE metric || '' = 'temp' GROUP BY +device")
            #expect(grouped == sorted)
        }
    }

    @Test(
        arguments: 0..<4 as Range<UInt64>,
        [
            ("device = 'A'", "device || '' = 'A'"),
            ("device = 'child'", "device || '' = 'child'"),
            ("device = 'caf\u{e9}'", "device || '' = 'caf\u{e9}'"),
            ("device IN ('A', 'B', NULL, 'nope')", "device || '' IN ('A', 'B', NULL, 'nope')"),
            ("metric = 'status'", "metric || '' = 'status'"),
            ("metric IN ('fan', 'state')", "metric || '' IN ('fan', 'state')"),
            ("metric GLOB '*[ae]*'", "metric || '' GLOB '*[ae]*'"),
            ("metric LIKE 'T_M%'", "metric || '' LIKE 'T_M%'"),
            ("metric = 'temp' AND device = 'B' AND seq > 150", "metric||''='temp' AND device||''='B' AND seq+0>150"),
            (
                "time >= '2026-11-22T14:20' AND time < '2026-11-22T14:40'",
                "time||'' >= '2026-11-22T14:20' AND time||'' < '2026-11-22T14:40'"
            ),
            ("time > '2026-11-22 14:20'", "time||'' > '2026-11-22 14:20'"),
            ("time_ns > ns('2026-11-22 14:20')", "time_ns+0 > ns('2026-11-22 14:20')"),
            ("seq BETWEEN 100 AND 199.5", "seq+0 BETWEEN 100 AND 199.5"),
            ("seq IN (7, 130.0, 260)", "seq+0 IN (7, 130.0, 260)"),
            ("session = 2", "session+0 = 2"),
            ("session IN (1, 3)", "session+0 IN (1, 3)"),
            ("metric = NULL", "metric||'' = NULL"),
            ("metric = 5", "metric||'' = 5"),
            ("metric = x'74656d70'", "metric||'' = x'74656d70'"),
            ("time < 5", "+time < '5'"),
            ("seq > 'text'", "+seq > 'text'"),
        ])
    func `a condition that is taken over finds what SQLite finds`(_ seed: UInt64, _ pair: (String, String)) throws {
        let fleet = try OddFleet(seed: seed)
        for tape in [fleet.plain, fleet.sealed] {
            let pushed = try tape.ask("SELECT \(Self.columns) FROM samples WHERE \(pair.0) ORDER BY seq")
            let checked = try tape.ask("SELECT \(Self.columns) FROM samples WHERE \(pair.1) ORDER BY seq")
            #expect(pushed == checked)
            let few = try tape.ask("SELECT metric FROM samples WHERE \(pair.0)")
            #expect(few.count == checked.count)
        }
    }

    @Test func `numbers keep their type and all their digits`() throws {
        let tape = SQLTape()
        tape.tape?.add(
            "v1/device/A/telemetry",
            #"{"telemetries":{"a":9223372036854775807,"b":-9223372036854775808,"c":1.0,"d":true,"e":null,"f":"x","g":[1]}}"#
        )
        #expect(
            try tape.ask("SELECT metric, value, type, typeof(value), op FROM samples") == [
                "a|9223372036854775807|integer|integer|set", "b|-9223372036854775808|integer|integer|set",
                "c|1.0|real|real|set", "d|1|boolean|integer|set", "e|~|null|null|delete", "f|x|text|text|set",
                "g|[1]|array|text|set",
            ])
    }

    @Test func `a message that replaces the state says so in some row`() throws {
        let tape = SQLTape()
        let topic = "v1/device/A/telemetry"
        tape.tape?.add(topic, #"{"override":true,"status":"online","telemetries":{"a":1,"b":null}}"#, at: 1)
        tape.tape?.add(topic, #"{"override":true,"status":"online","telemetries":{"b":null}}"#, at: 2)
        tape.tape?.add(topic, #"{"override":true,"telemetries":{"b":null}}"#, at: 3)
        tape.tape?.add(topic, #"{"override":true,"telemetries":{}}"#, at: 4)
        let expected = [
            "1|a|replace", "1|b|delete", "1|status|replace", "2|b|delete", "2|status|replace", "3|b|delete",
            "3|~|replace", "4|~|replace",
        ]
        #expect(try tape.ask("SELECT seq, metric, op FROM samples") == expected)
        #expect(try tape.ask("SELECT count(*) FROM samples WHERE metric = 'b'") == ["3"])
    }

    /// What `query telemetry -m '*'` answers, without the rows that have no metric.
    private static func telemetry(_ tape: SQLTape) throws -> [String] {
        var stream = try TelemetryStream(try tape.open(), Selection(), metrics: [Glob("*")])
        var rows: [String] = []
        while let row = try stream.next() {
            guard let metric = row.metric else { continue }
            let (value, type) = spelled(row)
            rows.append(
                [
                    "\(row.sequence)", row.arrival.rfc3339, row.deviceTime?.rfc3339 ?? "~", row.device?.text ?? "~",
                    metric, value, type, row.status ?? "~", row.operation.rawValue,
                ].joined(separator: "|"))
        }
        return rows
    }

    private static func spelled(_ row: TelemetryRow) -> (String, String) {
        switch row.value {
        case nil: ("~", row.metric == nil ? "~" : "null")
        case .null: ("~", "null")
        case .bool(let value): (value ? "1" : "0", "boolean")
        case .number(let number): number.int64.map { ("\($0)", "integer") } ?? ("\(number.double)", "real")
        case .string(let text): (text, "text")
        case .array: (row.value?.description ?? "", "array")
        case .object: (row.value?.description ?? "", "object")
        }
    }
}
