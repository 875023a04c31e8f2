import DeviceProtocol
import JSONScan
import MQTTWire
import Query
import Tape
import TapeTestSupport
import TestSupport
import Testing

/// What columns tell, the newest first, is what all messages add up to, the oldest first.
@Suite struct SealedStateTests {
    @Test(arguments: 0..<16 as Range<UInt64>)
    func `the state is the sum of all messages before the instant`(_ seed: UInt64) throws {
        let fleet = try RandomFleet(
            seed: seed, messages: 600,
            habits: .init(redelivers: seed % 3 == 0, namesDevices: seed % 2 == 0, restarts: seed % 4 != 1),
            Self.message)
        let (plain, sealed) = (try fleet.plain.reader(), try fleet.sealed.reader())
        for selection in Self.selections {
            let expected = try Self.fold(plain, selection)
            for tape in [plain, sealed] {
                var rows = try StateQuery(selection).rows(tape)
                var found: [String: [String: String]] = [:]
                while let row = try rows.next() {
                    let metrics = row.metrics.map { ($0.name, $0.value.description) }
                    found[row.device.text] = Dictionary(metrics) { _, last in last }
                    found[row.device.text]?["(status)"] = row.status
                    found[row.device.text]?["(firmware)"] = row.firmware
                    found[row.device.text]?["(config)"] = row.configVersion
                    found[row.device.text]?["(space)"] = row.space
                }
                #expect(found == expected)
                #expect(rows.damages.isEmpty)
            }
        }
    }

    private static var selections: [Selection] {
        var middle = Selection()
        middle.until = TestTape.time(1_500)
        var device = Selection()
        device.devices = ["A", "K"]
        device.until = TestTape.time(4_000)
        var session = Selection()
        session.sessions = [1]
        return [Selection(), middle, device, session]
    }

    /// The plain way: every message, one after the other.
    private static func fold(_ tape: TapeReader, _ selection: Selection) throws -> [String: [String: String]] {
        var wanted = selection
        wanted.devices = []
        wanted.includesDuplicates = false
        var states: [DeviceID: [String: String]] = [:]
        let cursor = try tape.messages(wanted)
        while let message = try cursor.next() {
            let topic = DeviceTopic.parse(message.topic)
            let decoded = DecodedMessage.decode(
                topic: topic, payload: message.payload, properties: message.properties)
            if let device = topic.device { states[device, default: [:]]["(seen)"] = "" }
            func tell(_ device: DeviceID?, _ body: (inout [String: String]) -> Void) {
                if let device { body(&states[device, default: [:]]) }
            }
            switch decoded.message {
            case .telemetry(let telemetry): tell(decoded.device) { patch(&$0, telemetry) }
            case .telemetryBatch(let batch):
                for (device, telemetry) in batch { tell(telemetry.deviceID ?? device) { patch(&$0, telemetry) } }
            case .deviceUpdate(let update):
                tell(decoded.device) {
                    $0["(firmware)"] = update.firmwareVersion ?? $0["(firmware)"]
                    $0["(config)"] = update.configVersion?.text ?? $0["(config)"]
                }
            case .configUpdate(let update):
                tell(decoded.device) { $0["(config)"] = update.config.version?.text ?? $0["(config)"] }
            case .config: tell(decoded.device) { $0["(seen)"] = "" }
            case .spaceInfo(let info): tell(decoded.device) { $0["(space)"] = info.name }
            default: break
            }
        }
        for device in states.keys { states[device]?["(seen)"] = nil }
        let chosen = states.filter { selection.devices.isEmpty || selection.devices.contains($0.key) }
        return Dictionary(uniqueKeysWithValues: chosen.map { ($0.text, $1) })
    }

    private static func patch(_ state: inout [String: String], _ telemetry: Telemetry) {
        if telemetry.replacesState { state = state.filter { $0.key.hasPrefix("(") } }
        for metric in telemetry.metrics {
            state[metric.key] = metric.value.isNull ? nil : metric.value.description
        }
        func text(_ key: String) -> String? {
            let value = telemetry.metrics.last { $0.key == key && ($0.value.string ?? $0.value.number?.text) != nil }?
                .value
            return value?.string ?? value?.number?.text
        }
        state["(status)"] = telemetry.status ?? text("status") ?? state["(status)"]
        state["(firmware)"] = text("firmware_version") ?? text("fw") ?? state["(firmware)"]
    }

    // MARK: Messages

    private static func message(
        _ random: inout SeededGenerator, _ habits: RandomFleet.Habits
    ) -> (topic: String, payload: String, properties: [PublishProperty]) {
        let device = random.pick(["A", "A", "A", "B", "C", "D"])
        let number = random.next() % 50
        switch Int.random(in: 0..<24, using: &random) {
        case 0: return ("v1/device/\(device)/update", #"{"firmware_version":"1.\#(number)"}"#, [])
        case 1: return ("v1/device/\(device)/update", #"{"config_version":\#(number),"name":"n"}"#, [])
        case 2: return ("v1/device/\(device)/config/update", #"{"version":"\#(number)","a":1}"#, [])
        case 3:
            let named = habits.namesDevices ? random.pick([device, "K"]) : device
            return ("v1/device/\(device)/space_info", #"{"name":"R\#(number)","device_id":"\#(named)"}"#, [])
        case 4: return ("v1/device/\(device)/space_info", random.pick([#"{"maintenance":true}"#, "[]", "{"]), [])
        case 5: return ("v1/device/\(random.pick(["A", "E"]))/commands", #"{"id":1}"#, [])
        case 6: return ("other/topic", "x", [])
        default: return ("v1/device/\(device)/telemetry", telemetry(&random, device, habits), [])
        }
    }

    private static func telemetry(
        _ random: inout SeededGenerator, _ device: String, _ habits: RandomFleet.Habits
    ) -> String {
        let status = random.pick([#""online""#, #""online""#, #""error""#, "null", "5"])
        let value = random.pick(["\(random.next() % 99)", "1.50", "-0", "null", "true", #""t""#, "1e400"])
        if habits.namesDevices, random.once(in: 12) {
            let named = random.pick([#""\#(device)""#, #""K""#, "7", #""""#, "null", "{}"])
            return #"{"device_id":\#(named),"status":\#(status),"telemetries":{"a":\#(value),"d":\#(value)}}"#
        }
        if habits.namesDevices, random.once(in: 30) {
            return #"{"d8083a34-22c8-4cd8-9acb-000000000001":{"status":\#(status),"telemetries":{"z":\#(value)}}}"#
        }
        switch Int.random(in: 0..<24, using: &random) {
        case 0: return #"{"override":true,"status":\#(status),"telemetries":{"a":\#(value)}}"#
        case 1: return #"{"override":\#(random.pick(["false", "1", "null"])),"telemetries":{"o":\#(value)}}"#
        case 2: return #"{"status":\#(status),"telemetries":{"n":{"x":\#(value)},"b":\#(value)}}"#
        case 3: return #"{"telemetries":{"n":{},"e":[]}}"#
        case 4: return #"{"telemetries":{"l":[1, \#(value)],"m":[{"y":\#(value)}]}}"#
        case 5: return #"{"telemetries":{"a":1,"a":\#(value)}}"#
        case 6: return #"{"common":{"status":\#(status),"v":\#(value)},"custom":[{"Key":"in","Value":"2"}]}"#
        case 7: return #"{"status":\#(status)}"#
        case 8: return #"{"override":true}"#
        case 9: return #"{"status":"online","telemetries":[{"a":2},3]}"#
        case 10: return #"{"telemetries":{"status":\#(value),"fw":\#(value)}}"#
        case 11: return #"{"telemetries":{"firmware_version":\#(value)}}"#
        case 12: return random.pick(["no json", "null", "[]", #"{"error":"no"}"#, ""])
        case 13: return #""{\"telemetries\":{\"q\":1}}""#
        default: return #"{"status":\#(status),"telemetries":{"a":\#(value),"b":\#(value),"c":\#(value)}}"#
        }
    }
}
