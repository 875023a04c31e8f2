import DeviceProtocol
import MQTTWire
import Query
import Tape
import TapeTestSupport
import TestSupport
import Testing

/// What the catalogue and the newest messages tell of devices is what all messages tell.
@Suite struct SealedDevicesTests {
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `the newest messages give the same rows as all of them`(_ seed: UInt64) throws {
        let fleet = try RandomFleet(
            seed: seed, messages: 900,
            habits: .init(redelivers: seed % 6 == 5, namesDevices: seed % 3 == 0, restarts: seed % 4 != 1),
            Self.message)
        let (plain, sealed) = (try fleet.plain.reader(), try fleet.sealed.reader())
        var device = Selection()
        device.devices = ["A", "K"]
        for selection in [Selection(), device] {
            // A window cannot be answered by the catalogue, so that every message is read.
            var window = selection
            window.since = Timestamp(nanoseconds: 0)
            let expected = try DevicesQuery(window).answer(plain)
            for tape in [plain, sealed] {
                for asked in [selection, window] {
                    let answer = try DevicesQuery(asked).answer(tape)
                    #expect(answer.rows == expected.rows)
                    #expect(answer.duplicates == expected.duplicates)
                    #expect(answer.damages.isEmpty)
                }
            }
        }
    }

    @Test func `a firmware that was named long ago is found`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/update", #"{"firmware_version":2.50,"sub_model":"S"}"#, at: 1)
        for second in 2..<400 {
            tape.add(
                "v1/device/A/telemetry", #"{"status":"online","telemetries":{"a":\#(second)}}"#, at: Double(second))
            if second % 100 == 0 { try Self.seal(tape) }
        }
        let row = try #require(try DevicesQuery(Selection()).answer(try tape.reader()).rows.first)
        #expect(row.firmware == "2.50")
        #expect(row.model == "S")
        #expect(row.messages == 399)
        #expect(row.period == TestTape.nanoseconds(1))
    }

    @Test func `a clock that was wrong long ago is no news`() throws {
        let tape = try TestTape()
        for second in 0..<400 {
            let taken = TestTape.time(Double(second) - (second < 250 ? 3600 : 0.5)).rfc3339
            tape.add(
                "v1/device/A/telemetry", #"{"timestamp":"\#(taken)","telemetries":{}}"#, at: Double(second))
        }
        for _ in 0..<2 {
            #expect(
                try DevicesQuery(Selection()).answer(try tape.reader()).rows.map(\.clockSkew) == [
                    TestTape.nanoseconds(-0.5)
                ])
            try Self.seal(tape)
        }
    }

    private static func seal(_ tape: TestTape) throws {
        try tape.commit()
        let sealer = try TapeSealer(path: tape.path, besideWriter: true)
        while try sealer.sealNext(.all) != nil {}
    }

    // MARK: Messages

    private static func message(
        _ random: inout SeededGenerator, _ habits: RandomFleet.Habits
    ) -> (topic: String, payload: String, properties: [PublishProperty]) {
        let device = random.pick(["A", "A", "A", "B", "C", "D"])
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return ("v1/device/\(device)/update", update(&random), [])
        case 1: return ("v1/device/\(random.pick(["A", "E"]))/commands", #"{"id":1}"#, [])
        case 2: return ("other/topic", "x", [])
        default: return ("v1/device/\(device)/telemetry", telemetry(&random, device, habits), [])
        }
    }

    private static func update(_ random: inout SeededGenerator) -> String {
        let version = random.pick([#""1.\#(random.next() % 5)""#, "2.50", "null", #"{"a":1}"#, #""\u0041""#])
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return #"{"firmwareVersion":{"latest_fw_version":\#(version)}}"#
        case 1: return #"{"sub_model":\#(version),"details":[1,2]}"#
        case 2: return "broken"
        default: return #"{"firmware_version":\#(version),"name":"Room"}"#
        }
    }

    private static func telemetry(
        _ random: inout SeededGenerator, _ device: String, _ habits: RandomFleet.Habits
    ) -> String {
        let status = random.pick([#""online""#, #""online""#, #""error""#, "null", "5", #""\u00e9""#])
        let stamp = random.pick([
            #""2026-11-22T14:\#(10 + random.next() % 40):00.\#(100 + random.next() % 900)Z""#,
            #""2026-11-22T14:\#(10 + random.next() % 40):00.\#(100 + random.next() % 900)Z""#,
            "\(1_795_356_000 + random.next() % 5_000)", #""2026-11-22T15:00:00+01:00""#, #""1970-01-01T00:00:00Z""#,
            #""soon""#, "null", "{}",
        ])
        let value = random.pick([#""v\#(random.next() % 4)""#, "1.20", "null", "true", "[1]"])
        if habits.namesDevices, random.once(in: 60) {
            let named = random.pick([device, device, device, "K"])
            return #"{"device_id":"\#(named)","status":\#(status),"telemetries":{"a":1}}"#
        }
        if habits.namesDevices, random.once(in: 200) {
            return #"{"d8083a34-22c8-4cd8-9acb-000000000001":{"status":\#(status)}}"#
        }
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return #"{"status":\#(status),"timestamp":\#(stamp),"telemetries":{"fw":\#(value),"firmware":null}}"#
        case 1: return #"{"telemetries":{"status":\#(status),"model":\#(value)}}"#
        case 2: return #"{"status":\#(status),"common":{"fw_version":\#(value)}}"#
        case 3: return #"{"status":\#(status)}"#
        case 4: return #"{"error":"no"}"#
        case 5: return #"{"status":\#(status),"telemetries":{"fw":"1","fw":\#(value)}}"#
        case 6: return "no json"
        case 7: return #"{"status":\#(status),"telemetries":null}"#
        default: return #"{"status":\#(status),"timestamp":\#(stamp),"telemetries":{"a":\#(random.next() % 99)}}"#
        }
    }
}
