import DeviceProtocol
import MQTTWire
import Query
import Tape
import TapeTestSupport
import Testing

@testable import TapeSQL

@Suite struct MessagesTests {
    @Test(arguments: 0..<4 as Range<UInt64>)
    func `by columns or whole, sealed or not, messages are the same`(_ seed: UInt64) throws {
        let fleet = try OddFleet(seed: seed)
        var stream = try MessageStream(try fleet.plain.open(), Selection())
        var light: [String] = []
        var whole: [String] = []
        while let row = try stream.next() {
            let message = row.message
            let parts = [
                "\(message.sequence)", message.arrival.rfc3339, "\(message.arrival.nanoseconds)",
                row.device?.text ?? "~", row.kind.rawValue, message.topic, "\(message.session)",
            ]
            light.append(parts.joined(separator: "|"))
            let more = [
                row.deviceTime?.rfc3339 ?? "~", message.retain ? "1" : "0",
                String(decoding: message.payload, as: UTF8.self), message.duplicateOf.map { "\($0)" } ?? "~",
            ]
            whole.append((parts + more).joined(separator: "|"))
        }
        let columns = "seq, time, time_ns, device, kind, topic, session"
        for tape in [fleet.plain, fleet.sealed] {
            #expect(try tape.ask("SELECT \(columns) FROM messages ORDER BY seq") == light)
            #expect(
                try tape.ask("SELECT \(columns), device_time, retain, payload, duplicate_of FROM messages") == whole)
            for (pushed, checked) in Self.conditions {
                for columns in ["seq, kind", "seq, payload", "seq"] {
                    #expect(
                        try tape.ask("SELECT \(columns) FROM messages WHERE \(pushed) ORDER BY seq")
                            == tape.ask("SELECT \(columns) FROM messages WHERE \(checked) ORDER BY seq"), "\(pushed)")
                }
            }
            #expect(
                try tape.ask("SELECT kind, count(*) FROM messages GROUP BY kind")
                    == tape.ask("SELECT kind, count(*) FROM messages GROUP BY +kind"))
        }
    }

    private static let conditions = [
        ("device = 'A'", "device || '' = 'A'"), ("device IS NULL", "device || '' IS NULL"),
        ("kind = 'command'", "kind || '' = 'command'"), ("kind = 'nonsense'", "kind || '' = 'nonsense'"),
        ("kind IN ('unknown', 'nonsense')", "kind || '' IN ('unknown', 'nonsense')"),
        ("topic = 'v1/device/A/get'", "topic || '' = 'v1/device/A/get'"),
        ("topic = 'v1/device/+/get'", "topic || '' = 'v1/device/+/get'"),
        ("seq = 77", "seq + 0 = 77"), ("seq > 390", "seq + 0 > 390"), ("seq < 1", "seq + 0 < 1"),
        ("seq = 9223372036854775807", "seq + 0 = 9223372036854775807"), ("session = 2", "session + 0 = 2"),
        ("time >= '2026-11-22T14:30'", "time || '' >= '2026-11-22T14:30'"),
        ("time_ns < 0", "time_ns + 0 < 0"),
        ("device = 'A' AND kind = 'telemetry'", "device||''='A' AND kind||''='telemetry'"),
    ]

    @Test func `a payload that is no UTF-8 is a blob`() throws {
        let tape = SQLTape()
        tape.tape?.add("v1/device/A/telemetry", bytes: [0xff, 0x00])
        tape.tape?.add("v1/device/A/telemetry", bytes: [])
        #expect(try tape.ask("SELECT payload, typeof(payload) FROM messages") == ["x'ff0'|blob", "|text"])
    }

    @Test func `properties are a JSON object`() throws {
        let tape = SQLTape()
        tape.tape?.add(
            "v1/device/A/commands", "{}",
            properties: [
                .userProperty(name: "k", value: "v"), .userProperty(name: "k", value: "w"),
                .correlationData([1, 2, 3, 255]),
            ])
        #expect(
            try tape.ask("SELECT properties, json_extract(properties, '$.user[1][1]') FROM messages") == [
                #"{"user":[["k","v"],["k","w"]],"correlation_data_base64":"AQID/w=="}|w"#
            ])
    }

    @Test func `commands, devices, sessions and gaps are there`() throws {
        let tape = SQLTape()
        let device = "v1/device/A"
        tape.tape?.add("\(device)/commands", #"{"id":"1","name":"reboot","status":"pending"}"#, at: 1)
        tape.tape?.add("\(device)/commands/update", #"{"id":"1","status":"done"}"#, at: 3.5)
        tape.tape?.add("\(device)/telemetry", #"{"status":"online","telemetries":{"fw_version":"1.2"}}"#, at: 4)
        try tape.tape?.add(
            gap: Gap(session: 1, cause: .disconnected, beganAt: TestTape.time(10), endedAt: TestTape.time(12)))
        #expect(
            try tape.ask("SELECT device, id, name, state, duration_ms, match, anomalies FROM commands")
                == ["A|1|reboot|done|2500.0|id|[]"])
        #expect(try tape.ask("SELECT device, messages, status, firmware FROM devices") == ["A|3|online|1.2"])
        #expect(try tape.ask("SELECT device FROM devices WHERE device = 'B'") == [])
        #expect(try tape.ask("SELECT session, source, json_array_length(filters) FROM sessions") == ["1|record|1"])
        #expect(
            try tape.ask("SELECT cause, duration_s, began_at FROM gaps WHERE cause = 'disconnected'")
                == ["disconnected|2.0|\(TestTape.time(10).rfc3339)"])
    }
}
