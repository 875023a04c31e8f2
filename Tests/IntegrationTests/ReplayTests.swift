import DeviceProtocol
import Foundation
import Tape
import Testing

@Suite struct ReplayTests {
    private static let key = "0123456789abcdef0123456789abcdef"
    private static let format = "%t|%q|%r|%x|%P|%R|%D|%C"

    /// Records what `publish` sends to a broker of its own.
    private func recorded(_ workspace: Workspace, _ publish: (PrivateBroker) throws -> Int) throws -> (
        tape: String, broker: PrivateBroker
    ) {
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("source.tape")
        let recorder = try Program.record(tape, from: broker)
        let count = try publish(broker)
        try poll("\(count) messages") { try TapeReader(path: tape).summary().messages == count }
        #expect(try Program.stop(recorder) == 0)
        return (tape, broker)
    }

    /// What mosquitto_sub printed of messages, without its debug lines.
    private func lines(_ subscriber: ChildProcess) -> [String] {
        subscriber.output.split(separator: "\n").map(String.init).filter { $0.contains("|") }
    }

    private func telemetry(
        _ broker: PrivateBroker, device: String, _ payload: String, qos: Int = 1, retain: Bool = false
    ) throws {
        try broker.publish(
            "v1/device/\(device)/telemetry",
            ["-q", "\(qos)", "-m", payload] + (retain ? ["-r"] : []) + [
                "-D", "publish", "user-property", "device_id", device, "-D", "publish", "user-property", "access_key",
                Self.key, "-D", "publish", "user-property", "trace", "1", "-D", "publish", "user-property", "trace",
                "2",
                "-D", "publish", "correlation-data", "c-1", "-D", "publish", "content-type", "application/json", "-D",
                "publish", "response-topic", "v1/device/\(device)/x",
            ])
    }

    @Test func `what devices said is published again with payload, QoS and properties, but no secret and no retain`()
        throws
    {
        let workspace = try Workspace()
        let (tape, _) = try recorded(workspace) { broker in
            try telemetry(broker, device: "a", #"{"telemetries":{"x":1.50}}"#)
            try telemetry(broker, device: "b", #"{ "n" : [ ] }"#, qos: 0)
            try telemetry(broker, device: "a", #"{"telemetries":{"x":2}}"#, retain: true)
            try broker.publish("v1/device/a/config", ["-q", "1", "-m", "{}", "-D", "publish", "response-topic", "r"])
            return 4
        }
        let target = try PrivateBroker(workspace)
        let subscriber = try target.subscriber("v1/#", format: Self.format)
        let replay = try Program.run(["replay", tape, "--broker", target.url], in: workspace)
        #expect(replay.status == 0, "\(replay.errors)")
        try poll("the messages: \(subscriber.output)") { lines(subscriber).count == 3 }
        func hex(_ text: String) -> String { text.utf8.map { String(format: "%02x", $0) }.joined() }
        let tail = "trace:1 trace:2|v1/device/%|c-1|application/json"
        func expected(_ device: String, _ qos: Int, _ payload: String) -> String {
            "v1/device/\(device)/telemetry|\(qos)|0|\(hex(payload))|device_id:\(device) "
                + tail.replacingOccurrences(of: "%", with: "\(device)/x")
        }
        #expect(
            lines(subscriber) == [
                expected("a", 1, #"{"telemetries":{"x":1.50}}"#), expected("b", 0, #"{ "n" : [ ] }"#),
                expected("a", 1, #"{"telemetries":{"x":2}}"#),
            ])
        #expect(!subscriber.output.contains("redacted:"))
    }

    @Test func `credentials fill in the keys that redaction took`() throws {
        let workspace = try Workspace()
        let (tape, _) = try recorded(workspace) { broker in
            try telemetry(broker, device: "a", "{}")
            return 1
        }
        let target = try PrivateBroker(workspace)
        let subscriber = try target.subscriber("v1/#", format: Self.format)
        let credentials = try workspace.write("keys.csv", "device,access_key\na,staging-key\n")
        chmod(credentials, 0o644)
        let refused = try Program.run(
            ["replay", tape, "--broker", target.url, "--credentials", credentials], in: workspace)
        #expect(refused.status != 0)
        #expect(refused.errors.contains(credentials))
        chmod(credentials, 0o600)
        let replay = try Program.run(
            ["replay", tape, "--broker", target.url, "--credentials", credentials], in: workspace)
        #expect(replay.status == 0, "\(replay.errors)")
        #expect(!replay.errors.contains("staging-key"))
        try poll("the message") { lines(subscriber).count == 1 }
        #expect(lines(subscriber)[0].contains("access_key:staging-key"))
    }

    @Test func `the broker of the recording is refused unless it is allowed`() throws {
        let workspace = try Workspace()
        let (tape, broker) = try recorded(workspace) { broker in
            try telemetry(broker, device: "a", "{}")
            return 1
        }
        for address in [
            "mqtt://127.0.0.1:\(broker.port)", "mqtt://localhost:\(broker.port)", "mqtt://[::1]:\(broker.port)",
        ] {
            let replay = try Program.run(["replay", tape, "--broker", address], in: workspace)
            #expect(replay.status == 1)
            #expect(replay.errors.contains("--allow-source"))
        }
        let unasked = try Program.run(["replay", tape, "--broker", broker.url, "--allow-source"], in: workspace)
        #expect(unasked.status == 64)
        #expect(unasked.errors.contains("--yes"))
        let subscriber = try broker.subscriber("v1/#", format: Self.format)
        let allowed = try Program.run(
            ["replay", tape, "--broker", broker.url, "--allow-source", "--yes"], in: workspace)
        #expect(allowed.status == 0, "\(allowed.errors)")
        try poll("the message") { lines(subscriber).count == 1 }
    }

    @Test func `a dry run says what would be sent and sends nothing`() throws {
        let workspace = try Workspace()
        let (tape, _) = try recorded(workspace) { broker in
            try telemetry(broker, device: "a", "{}")
            try broker.publish("v1/device/a/commands", ["-q", "1", "-m", "{}"])
            return 2
        }
        // Nobody listens there: a dry run needs no broker.
        let port = try PrivateBroker.freePort()
        let replay = try Program.run(
            ["replay", tape, "--broker", "mqtt://127.0.0.1:\(port)", "--dry-run"], in: workspace)
        #expect(replay.status == 0, "\(replay.errors)")
        #expect((replay.output + replay.errors).contains("telemetry"))
        #expect((replay.output + replay.errors).contains("--include-cloud"))
    }

    @Test(arguments: [1.0, 4.0])
    func `the whole lasts as long as the recording, divided by the rate, and nothing is lost or reordered`(rate: Double)
        throws
    {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("source.tape")
        let recorder = try Program.record(tape, from: broker)
        let simulation = try Program.run(
            [
                "simulate", "--broker", broker.url, "--devices", "8", "--rate", "400", "--duration", "4s", "--odd",
                "0.05",
            ],
            in: workspace)
        #expect(simulation.status == 0, "\(simulation.errors)")
        #expect(try Program.stop(recorder) == 0)

        var selection = Selection()
        selection.kinds = [.telemetry]
        let cursor = try TapeReader(path: tape).messages(selection)
        var sent: [String: [[UInt8]]] = [:]
        var first: Int64?
        var last: Int64 = 0
        while let message = try cursor.next() {
            sent[message.topic, default: []].append(message.payload)
            first = first ?? message.monotonic
            last = message.monotonic
        }
        let count = sent.values.reduce(0) { $0 + $1.count }
        #expect(count > 800)

        let target = try PrivateBroker(workspace)
        let subscriber = try target.subscriber("v1/#", format: "|%U|%t|%x")
        let replay = try Program.run(
            ["replay", tape, "--broker", target.url, "--rate", "\(rate)", "--kind", "telemetry"], in: workspace)
        #expect(replay.status == 0, "\(replay.errors)")
        try poll("\(count) messages", within: 60) { lines(subscriber).count >= count }
        var received: [String: [[UInt8]]] = [:]
        var times: [Double] = []
        for line in lines(subscriber) {
            let parts = line.split(separator: "|", omittingEmptySubsequences: false)
            times.append(try #require(Double(parts[1])))
            received[String(parts[2]), default: []].append(Self.bytes(parts[3]))
        }
        #expect(received == sent)
        let planned = Double(last - (first ?? last)) / 1e9 / rate
        let achieved = (times.last ?? 0) - (times.first ?? 0)
        // Half a percent on a quiet machine; the rest is for a busy one.
        #expect(abs(achieved - planned) < 0.005 * planned + 0.15, "planned \(planned) s, achieved \(achieved) s")
    }

    private static func bytes(_ hex: Substring) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).map { index in
            UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) ?? 0
        }
    }
}
