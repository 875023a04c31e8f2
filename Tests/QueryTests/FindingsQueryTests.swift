import DeviceProtocol
import MQTTWire
import Query
import Tape
import TapeTestSupport
import TestSupport
import Testing

@Suite struct FindingsQueryTests {
    @Test(arguments: 0..<16 as Range<UInt64>)
    func `classes of sealed messages give the findings of each of them`(_ seed: UInt64) throws {
        let fleet = try RandomFleet(
            seed: seed, messages: 700, habits: .init(redelivers: seed % 3 == 0, restarts: seed % 4 != 1), Self.message)
        var window = Selection()
        window.since = TestTape.time(500)
        window.until = TestTape.time(3_000)
        var device = Selection()
        device.devices = ["A"]
        for selection in [Selection(), window, device] {
            let expected = try FindingsQuery(selection).answer(try fleet.plain.reader())
            let answer = try FindingsQuery(selection).answer(try fleet.sealed.reader())
            #expect(answer.rows == expected.rows)
            #expect(answer.messages == expected.messages && answer.duplicates == expected.duplicates)
            #expect(answer.damages.isEmpty)
        }
    }

    @Test func `a message counts once for each finding, and the first one is the example`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"status":"online","telemetries":{"a":1}}"#, at: 1, properties: Self.own)
        let second = #"{"status":"online","telemetries":{"a":4294967296,"b":4294967296}}"#
        tape.add("v1/device/A/telemetry", second, at: 2, properties: Self.own)
        tape.add("v1/device/A/telemetry", second, at: 3, properties: Self.own)
        let row = try #require(try FindingsQuery(Selection()).answer(try tape.reader()).rows.first)
        #expect(row.code == "int_beyond_int32" && row.count == 2 && row.sequence == 2)
        #expect(row.firstSeen == TestTape.time(2) && row.lastSeen == TestTape.time(3))
        #expect(row.detail == "`a` does not fit in 32 bits")
    }

    private static let own: [PublishProperty] = [
        .userProperty(name: "device_id", value: "A"), .userProperty(name: "access_key", value: "k"),
    ]

    private static func message(
        _ random: inout SeededGenerator, _ habits: RandomFleet.Habits
    ) -> (topic: String, payload: String, properties: [PublishProperty]) {
        let device = random.pick(["A", "A", "B"])
        var properties: [PublishProperty] = []
        if !random.once(in: 10) {
            properties.append(.userProperty(name: "device_id", value: random.once(in: 15) ? "X" : device))
        }
        if !random.once(in: 20) { properties.append(.userProperty(name: "access_key", value: "k")) }
        let status = random.pick([#""online""#, #""online""#, #""online""#, #""on""#, "null", "5", #""Error""#])
        let time = random.pick([
            #""2026-11-22T14:00:00.125Z""#, #""2026-11-22T14:00:01.250Z""#, #""2026-11-22T14:00:00""#, "1795356000",
            #""1970-01-01T00:00:00.000Z""#, #""soon""#, "null", "{}", "true",
        ])
        let long = String(repeating: "x", count: Int.random(in: 990...1_010, using: &random))
        let value = random.pick([
            "\(random.next() % 1_000)", "12.5", "4294967296", "9007199254740993", "1e39", "1e400", "-0", "true", "null",
            #""\#(long)""#, #""s""#, "[1,2]", #"{"x":1}"#, "1234567890123456789012345678901234567890.5",
        ])
        switch Int.random(in: 0..<14, using: &random) {
        case 0:
            let id = random.pick(["1", #""b""#, "null", "{}", "1.5"])
            return ("v1/device/\(device)/commands", #"{"id":\#(id),"status":\#(status),"name":"reboot"}"#, [])
        case 1: return ("v1/device/\(device)/commands/update", #"{"id":"1","status":\#(status)}"#, properties)
        case 2:
            let offset = random.pick(["60", "1.5", "null", #""60""#])
            return (
                "v1/device/\(device)/space_info", #"{"location":{"utc_offset":\#(offset)},"local_time":\#(time)}"#, []
            )
        case 3:
            let (add, remove) = (random.pick(["true", "false", "1"]), random.pick(["true", "false"]))
            return ("v1/device/\(device)/license", #"{"id":"1","add":\#(add),"remove":\#(remove)}"#, [])
        case 4: return ("v1/device/\(device)/config", #"{"version":\#(value),"last_updated":\#(time)}"#, [])
        case 5: return ("v1/device/\(device)/what", "x", properties)
        case 6:
            return ("v1/device/\(device)/telemetry", random.pick(["", "[]", "{", #""{\"a\":1}""#, "{}"]), properties)
        case 7:
            let named = random.pick([#""\#(device)""#, #""K""#, "7", "null"])
            return (
                "v1/device/\(device)/telemetry", #"{"device_id":\#(named),"status":"online","telemetries":{"a":1}}"#,
                properties
            )
        default:
            return (
                "v1/device/\(device)/telemetry",
                #"{"status":\#(status),"timestamp":\#(time),"telemetries":{"a":\#(value),"b":\#(random.next() % 9)}}"#,
                properties
            )
        }
    }
}
