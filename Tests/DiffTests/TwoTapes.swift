import DeviceProtocol
import Diff
import JSONScan
import MQTTWire
import Tape
import TapeTestSupport
import TestSupport

/// A message of a scripted run.
struct Scripted {
    var second: Double
    var topic: String
    var payload: String
    var properties: [PublishProperty] = []
    var retain = false
    var duplicateOf: Int64?
}

/// Scripted runs of a small fleet, and what their comparison says.
enum TwoTapes {
    static let device = "d8083a34-0000-4000-8000-000000000001"
    static let other = "d8083a34-0000-4000-8000-000000000002"

    /// A run in which devices answer commands, take configurations and send telemetry; `salt` makes other ids and clocks.
    static func run(devices: [String] = [device, other], seconds: Int = 60, salt: Int = 0) -> [Scripted] {
        var script: [Scripted] = []
        for (number, device) in devices.enumerated() {
            let start = Double(number) * 0.25
            for second in stride(from: 0, to: seconds, by: 5) {
                let value = 20 + (second * 7 + number * 3) % 11
                script.append(
                    Scripted(
                        second: start + Double(second), topic: "v1/device/\(device)/telemetry",
                        payload: """
                            {"status":"online","timestamp":"2026-11-22T1\(salt):00:\(10 + second % 50)Z",\
                            "telemetries":{"temperature":\(value).5,"input":"hdmi\(second % 2)"}}
                            """,
                        properties: [.userProperty(name: "device_id", value: device)]))
            }
            for (turn, name) in ["reboot", "dump", "reboot", "set_volume"].enumerated() {
                let id = "c0ffee00-0000-4000-8000-\(String(100_000_000_000 + turn + number * 10 + salt * 1_000))"
                let at = start + 7 + Double(turn) * 12
                script.append(
                    Scripted(
                        second: at, topic: "v1/device/\(device)/commands",
                        payload:
                            #"{"id":"\#(id)","status":"pending","name":"\#(name)","parameters":{"level":\#(turn)}}"#,
                        properties: [.responseTopic("v1/device/\(device)/commands/update")]))
                for (delay, status) in [(0.5, "in_progress"), (2.5, "done")] {
                    script.append(
                        Scripted(
                            second: at + delay, topic: "v1/device/\(device)/commands/update",
                            payload: #"{"id":"\#(id)","status":"\#(status)"}"#,
                            properties: [.correlationData(Array(id.utf8))]))
                }
            }
            for version in 1...3 {
                let payload = """
                    {"version":\(version),"name":"hall","last_updated":"2026-11-2\(salt)T00:00:0\(version)Z",\
                    "config":{"brightness":\(version * 10),"input":"hdmi"}}
                    """
                let at = start + 4 + Double(version) * 11
                script.append(
                    Scripted(second: at, topic: "v1/device/\(device)/config", payload: payload))
                script.append(
                    Scripted(second: at + 1, topic: "v1/device/\(device)/config/update", payload: payload))
            }
            for (turn, room) in ["hall", "studio", "lobby"].enumerated() {
                script.append(
                    Scripted(
                        second: start + 6 + Double(turn) * 20, topic: "v1/device/\(device)/space_info",
                        payload: #"{"name":"\#(room)","local_time":"2026-11-2\#(salt)T00:00:00+01:00"}"#))
            }
            script.append(
                Scripted(
                    second: start + 3, topic: "v1/device/\(device)/license",
                    payload: #"{"id":"l\#(salt)","data":"x","add":true,"current_time":"2026-11-2\#(salt)T00:00:00Z"}"#))
            script.append(
                Scripted(
                    second: start + 3.5, topic: "v1/device/\(device)/license/update",
                    payload: #"{"id":"l\#(salt)","state":"inuse"}"#))
            script.append(
                Scripted(second: start + 9, topic: "v1/device/\(device)/vendor/x", payload: "no json \(number)"))
        }
        return script.sorted { $0.second < $1.second }
    }

    static func tape(_ script: [Scripted], seal: Bool = false) throws -> TestTape {
        let tape = try TestTape()
        for message in script {
            tape.add(
                message.topic, message.payload, at: message.second, properties: message.properties,
                retain: message.retain, duplicateOf: message.duplicateOf)
        }
        try tape.commit()
        if seal { try tape.seal() }
        return tape
    }

    static func compare(
        _ base: TestTape, _ candidate: TestTape, _ settings: DiffSettings = DiffSettings(),
        _ selection: Selection = Selection()
    ) throws -> (differences: [Difference], summary: DiffSummary) {
        var differences: [Difference] = []
        let comparison = TapeComparison(
            base: DiffSide(try base.reader(), selection), candidate: DiffSide(try candidate.reader(), selection),
            settings: settings)
        let summary = try comparison.run { differences.append($0) }
        return (differences, summary)
    }

    static func compare(
        _ base: [Scripted], _ candidate: [Scripted], _ settings: DiffSettings = DiffSettings()
    ) throws -> (differences: [Difference], summary: DiffSummary) {
        try compare(try tape(base), try tape(candidate), settings)
    }
}
