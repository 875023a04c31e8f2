import Foundation
import Testing

@Suite struct ReplayControlTests {
    /// A tape of messages, made with `import`.
    private func tape(
        _ workspace: Workspace, _ messages: [(offset: Double, topic: String, payload: String)], qos: Int = 1
    ) throws -> String {
        let lines = messages.map { message in
            let payload = message.payload.replacingOccurrences(of: #"""#, with: #"\""#)
            let time = String(
                format: "2026-03-01T12:%02d:%09.6fZ", Int(message.offset) / 60,
                message.offset.truncatingRemainder(dividingBy: 60))
            return #"{"time":"\#(time)","topic":"\#(message.topic)","qos":\#(qos),"payload":"\#(payload)"}"#
        }
        let file = try workspace.write("messages.jsonl", lines.joined(separator: "\n") + "\n")
        let tape = workspace.path("control.tape")
        let result = try Program.run(["import", file, "-o", tape], in: workspace)
        try #require(result.status == 0, "\(result.errors)")
        return tape
    }

    private func telemetry(_ count: Int, every step: Double, devices: Int = 1) -> [(Double, String, String)] {
        (0..<count).map {
            (Double($0) * step, "v1/device/d\($0 % devices)/telemetry", #"{"telemetries":{"n":\#($0)}}"#)
        }
    }

    /// What a subscriber printed, without its debug lines.
    private func lines(_ subscriber: ChildProcess) -> [String] {
        subscriber.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("|") }
    }

    private func report(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test func `rounds, their pause and a fixed rate are kept`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = try tape(workspace, telemetry(10, every: 0.01))
        let subscriber = try broker.subscriber("v1/#", format: "|%p")
        let looped = try Program.run(
            ["replay", tape, "--broker", broker.url, "--loop", "3", "--loop-delay", "300ms", "--json"], in: workspace)
        #expect(looped.status == 0, "\(looped.errors)")
        let rounds = try report(looped.output)
        #expect(rounds["sent"] as? Int == 30)
        #expect(rounds["planned_duration_ms"] as? Double == 870.0)
        try poll("the messages") { lines(subscriber).count == 30 }
        let even = try Program.run(
            ["replay", tape, "--broker", broker.url, "--pps", "100", "--loop", "2", "--json"], in: workspace)
        #expect(even.status == 0, "\(even.errors)")
        #expect(try report(even.output)["planned_duration_ms"] as? Double == 190.0)
    }

    @Test func `a window in recorded time is replayed alone`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = try tape(workspace, telemetry(100, every: 0.1))
        let result = try Program.run(
            [
                "replay", tape, "--broker", broker.url, "--start-offset", "2s", "--duration", "500ms", "--json",
            ], in: workspace)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try report(result.output)["sent"] as? Int == 5)
    }

    @Test func `full speed is limited unless asked for, and says so`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = try tape(workspace, telemetry(2_000, every: 0.001), qos: 0)
        let limited = try Program.run(
            ["replay", tape, "--broker", broker.url, "--max-speed", "--json"], in: workspace)
        #expect(limited.status == 0, "\(limited.errors)")
        #expect(limited.errors.contains("5,000 messages a second"))
        // A tenth of a second may go as a burst.
        #expect(try #require(report(limited.output)["duration_ms"] as? Double) >= 295)
        let free = try Program.run(
            ["replay", tape, "--broker", broker.url, "--max-speed", "--no-rate-cap", "--json"], in: workspace)
        #expect(free.status == 0, "\(free.errors)")
        #expect(!free.errors.contains("at most"))
    }

    @Test func `a stop signal ends it in order with a report`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = try tape(workspace, telemetry(1_000, every: 0.05))
        let replay = try Program.start(
            ["replay", tape, "--broker", broker.url, "--loop", "forever", "--json"], in: workspace)
        let subscriber = try broker.subscriber("v1/#", format: "|%p")
        try poll("a few messages: \(replay.errors)") { lines(subscriber).count > 5 }
        replay.signal(SIGTERM)
        #expect(try replay.wait() == 130)
        let end = try report(replay.output)
        #expect(end["ended"] as? String == "interrupted")
        #expect(end["unacknowledged"] as? Int == 0)
        #expect(end["acknowledged"] as? Int == end["sent"] as? Int)
    }

    @Test func `each device has a connection of its own with its login`() throws {
        let workspace = try Workspace()
        let keys = try workspace.write("keys.csv", "device,access_key\nd0,zero\nd1,one\nd2,two\n")
        chmod(keys, 0o600)
        let logins = ["d0:zero", "d1:one", "d2:two", "eve:eve"]
        let passwords = try workspace.write("passwords", logins.joined(separator: "\n") + "\n")
        let hashed = try ChildProcess("mosquitto_passwd", ["-U", passwords], in: workspace)
        try #require(try hashed.wait() == 0, "\(hashed.errors)")
        // A device may write below its own id only, and only with its id as client id.
        let rights = try workspace.write(
            "rights", "pattern write v1/device/%c/telemetry\nuser eve\ntopic read v1/#\n")
        let broker = try PrivateBroker(
            workspace, settings: "allow_anonymous false\npassword_file \(passwords)\nacl_file \(rights)")
        let tape = try tape(workspace, telemetry(30, every: 0.02, devices: 3))
        let one = try Program.run(
            ["replay", tape, "--broker", broker.url, "-u", "eve", "--json"], in: workspace,
            environment: ["TAPEDECK_PASSWORD": "eve"])
        #expect(one.status == 3, "\(one.errors)")
        #expect(try report(one.output)["refused"] as? Int == 30)
        let unasked = try Program.run(
            ["replay", tape, "--broker", broker.url, "--connect", "per-device", "--credentials", keys], in: workspace)
        #expect(unasked.status == 64)
        let many = try Program.run(
            [
                "replay", tape, "--broker", broker.url, "--connect", "per-device", "--credentials", keys, "--yes",
                "--json",
            ], in: workspace)
        #expect(many.status == 0, "\(many.errors)")
        let end = try report(many.output)
        #expect(end["acknowledged"] as? Int == 30)
        #expect(end["connections"] as? Int == 3)
        let few = try Program.run(
            [
                "replay", tape, "--broker", broker.url, "--connect", "per-device", "--max-connections", "2", "--yes",
            ], in: workspace)
        #expect(few.status == 1)
        #expect(few.errors.contains("--max-connections"))
    }

    @Test func `a device whose connection is refused is reported, and the others go on`() throws {
        let workspace = try Workspace()
        let keys = try workspace.write("keys.csv", "device,access_key\nd0,zero\nd1,wrong\n")
        chmod(keys, 0o600)
        let passwords = try workspace.write("passwords", "d0:zero\nd1:one\n")
        let hashed = try ChildProcess("mosquitto_passwd", ["-U", passwords], in: workspace)
        try #require(try hashed.wait() == 0, "\(hashed.errors)")
        let broker = try PrivateBroker(workspace, settings: "allow_anonymous false\npassword_file \(passwords)")
        let tape = try tape(workspace, telemetry(20, every: 0.01, devices: 2))
        let result = try Program.run(
            [
                "replay", tape, "--broker", broker.url, "--connect", "per-device", "--credentials", keys, "--yes",
                "--json",
            ], in: workspace)
        #expect(result.status == 3, "\(result.errors)")
        let end = try report(result.output)
        #expect(end["acknowledged"] as? Int == 10)
        #expect(end["unsent"] as? Int == 10)
        #expect(end["lost_devices"] as? Int == 1)
    }

    private var conversation: [(Double, String, String)] {
        [
            (0, "v1/device/d0/telemetry", #"{"telemetries":{"n":0}}"#),
            (0.1, "v1/device/d0/commands", #"{"id":"old-1","name":"reboot","status":"pending"}"#),
            (0.2, "v1/device/d0/commands/update", #"{"id":"old-1","status":"in_progress"}"#),
            (0.3, "v1/device/d0/telemetry", #"{"telemetries":{"n":1}}"#),
            (0.4, "v1/device/d0/commands/update", #"{"id":"old-1","status":"done"}"#),
            (0.5, "v1/device/d0/telemetry", #"{"telemetries":{"n":2}}"#),
        ]
    }

    @Test(arguments: [[], ["--fresh-ids"]])
    func `answers follow the target's command with its id, and the rest flows on`(more: [String]) throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = try tape(workspace, conversation)
        let subscriber = try broker.subscriber("v1/#", format: "|%p")
        let replay = try Program.start(
            ["replay", tape, "--broker", broker.url, "--wait-for-commands", "--json"] + more, in: workspace)
        try poll("the telemetry: \(replay.errors)") { lines(subscriber).count == 3 }
        #expect(lines(subscriber).allSatisfy { $0.contains("telemetries") })
        let before = Date()
        try broker.publish("v1/device/d0/commands", ["-m", #"{"id":"new-7","name":"reboot","status":"pending"}"#])
        #expect(try replay.wait() == 0, "\(replay.errors)")
        // The device took 300 ms on the tape.
        #expect(Date().timeIntervalSince(before) >= 0.25)
        #expect(
            lines(subscriber).suffix(2) == [
                #"|{"id":"new-7","status":"in_progress"}"#, #"|{"id":"new-7","status":"done"}"#,
            ])
        let end = try report(replay.output)
        let loop = try #require(end["wait_for_commands"] as? [String: Any])
        #expect(loop["commands"] as? Int == 1)
        #expect(loop["released"] as? Int == 2)
    }

    @Test func `an answer whose command does not come is given up and reported`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = try tape(workspace, conversation)
        let replay = try Program.run(
            [
                "replay", tape, "--broker", broker.url, "--wait-for-commands", "--command-timeout", "500ms", "--json",
            ], in: workspace)
        #expect(replay.status == 3, "\(replay.errors)")
        let end = try report(replay.output)
        #expect(end["sent"] as? Int == 3)
        let loop = try #require(end["wait_for_commands"] as? [String: Any])
        #expect(loop["expired"] as? Int == 2)
        let missing = try #require((loop["missing"] as? [[String: Any]])?.first)
        #expect(missing["name"] as? String == "reboot")
        #expect(missing["device"] as? String == "d0")
    }

    @Test func `answers cannot wait for commands under topics of another kind`() throws {
        let workspace = try Workspace()
        let tape = try tape(workspace, conversation)
        let result = try Program.run(
            ["replay", tape, "--dry-run", "--wait-for-commands", "--remap", "v1/device/#:=v1/test/#"], in: workspace)
        #expect(result.status == 64)
        #expect(result.errors.contains("--remap v1/device/#:=v1/test/#: --wait-for-commands knows"))
    }

    @Test func `where nobody can press a key a paused start is refused`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = try tape(workspace, telemetry(1, every: 1))
        let result = try Program.run(["replay", tape, "--broker", broker.url, "--start-paused"], in: workspace)
        #expect(result.status == 64)
        #expect(result.errors.contains("--start-paused"))
    }
}
