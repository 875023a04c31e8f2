import DeviceProtocol
import Foundation
import MQTTWire
import Tape
import TestSupport
import Testing

@Suite struct TriggerTests {
    private static func incidents(_ folder: String, about word: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix("-\(word).tape") }.sorted().map { folder + "/" + $0 }
    }

    private static func say(_ text: String, _ device: String, to broker: PrivateBroker) throws {
        try broker.publish("v1/device/\(device)/telemetry", ["-q", "1", "-m", text])
    }

    @Test func `a ring forgets what is old and cuts incidents with the state before them`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let (tape, folder) = (workspace.path("ring.tape"), workspace.path("incidents"))
        let recorder = try Program.record(
            tape, from: broker,
            [
                "--ring", "30s", "--before", "2s", "--after", "2s", "--trigger", "status=offline", "--trigger", "mark",
                "--incidents", folder, "--tag", "site=north", "--json",
            ])
        try Self.say(#"{"status":"online","telemetries":{"t":7}}"#, "a", to: broker)
        try poll("the first message") { try TapeReader(path: tape).summary().messages == 1 }
        let first = try #require(try TapeReader(path: tape).summary().firstArrival)
        // The state is to be older than the window.
        usleep(2_500_000)
        try Self.say(#"{"status":"offline"}"#, "a", to: broker)
        try Self.say(#"{"status":"offline"}"#, "b", to: broker)
        try poll("an incident tape; the recorder said: \(recorder.errors)") {
            !Self.incidents(folder, about: "a").isEmpty
        }
        let found = Self.incidents(folder, about: "a")
        #expect(found.count == 1 && Self.incidents(folder, about: "b").isEmpty)
        try expectIncident(try #require(found.first), before: first)

        let marking = try Program.run(["mark", tape, "valve 3 opened"], in: workspace)
        #expect(marking.status == 0)
        try poll("the tape of the mark") {
            !Self.incidents(folder, about: "mark").isEmpty || recorder.exitStatus != nil
        }
        #expect(try TapeReader(path: tape).marks().map(\.text) == ["valve 3 opened"])
        let info = try Program.run(["info", tape, "--format", "jsonl"], in: workspace)
        #expect(info.output.contains(#""text":"valve 3 opened""#))
        let marks = try Program.run(["query", "marks", tape, "--format", "jsonl"], in: workspace)
        #expect(marks.status == 0 && marks.output.contains(#""text":"valve 3 opened"}"#))
        #expect(try Program.run(["query", "marks", tape, "-d", "a"], in: workspace).status == 64)
        // Without more the timeline ends with the last message.
        try Self.say(#"{"status":"online"}"#, "a", to: broker)
        try poll("the last message") { try TapeReader(path: tape).summary().messages == 4 }
        let timeline = try Program.run(
            ["query", "timeline", tape, "-d", "a", "--since", first.rfc3339, "--format", "jsonl"], in: workspace)
        #expect(timeline.output.contains("mark: valve 3 opened"))

        try poll("the ring to move on", within: 90) {
            try TapeReader(path: tape).gaps().contains { $0.cause == "deleted" }
        }
        #expect(try #require(try TapeReader(path: tape).summary().firstArrival) > first)
        #expect(try Program.stop(recorder) == 0)
        let events = recorder.output.split(separator: "\n")
        #expect(events.filter { $0.contains(#""event":"triggered""#) }.count == 3)
        #expect(events.filter { $0.contains(#""event":"incident""#) }.count == 2)
        #expect(recorder.errors.contains("2 incident tapes of 3 triggers"))
        #expect(try Program.run(["verify", tape], in: workspace).status == 0)
    }

    private func expectIncident(_ path: String, before first: Timestamp) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let reader = try TapeReader(path: path)
        let sessions = try reader.sessions()
        let state = try #require(sessions.first { $0.source == TapeSlicer.stateSource })
        let cursor = try reader.messages()
        var messages: [RecordedMessage] = []
        while let message = try cursor.next() { messages.append(message) }
        #expect(messages.map { $0.session == state.id } == [true, false, false])
        #expect(messages.first?.arrival == first)
        #expect(messages.map { DeviceTopic.parse($0.topic).device } == ["a", "a", "b"])
        for session in sessions {
            #expect(session.tags.contains(#""incident_condition":"status=offline""#))
            #expect(session.tags.contains(#""incident_device":"a""#))
            #expect(session.tags.contains(#""incident_source_seq":"2""#))
            #expect(session.tags.contains(#""incident_value":"status=offline""#))
            #expect(session.tags.contains(#""incident_firings":"2""#))
        }
        #expect(sessions.contains { $0.tags.contains(#""site":"north""#) })
    }

    @Test func `a recording that ends cuts what it has begun`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("whole.tape")
        let recorder = try Program.record(tape, from: broker, ["--trigger", "topic=v1/device/+/incidents"])
        try broker.publish("v1/device/a/incidents", ["-q", "1", "-m", "[]"])
        try poll("the message") { try TapeReader(path: tape).summary().messages == 1 }
        #expect(try Program.stop(recorder) == 0)
        let folder = (tape as NSString).deletingLastPathComponent
        let incident = try #require(Self.incidents(folder, about: "a").first)
        #expect(try TapeReader(path: incident).summary().messages == 1)
    }

    @Test func `an incident survives a kill, and a folder that is gone for a while`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let (tape, folder) = (workspace.path("ring.tape"), workspace.path("incidents"))
        let flags = [
            "--ring", "5m", "--before", "5s", "--after", "2s", "--trigger", "status=offline", "--incidents", folder,
            "--json",
        ]
        let first = try Program.record(tape, from: broker, flags)
        try Self.say(#"{"status":"offline"}"#, "a", to: broker)
        try poll("the message") { try TapeReader(path: tape).summary().messages == 1 }
        try poll("the trigger") { first.output.contains(#""event":"triggered""#) }
        // What began is on the tape a moment after the message.
        usleep(1_500_000)
        first.signal(SIGKILL)
        _ = try first.wait()
        #expect(Self.incidents(folder, about: "a").isEmpty)
        let second = try Program.record(tape, from: broker, flags)
        try poll("the tape of the incident before; the recorder said: \(second.errors)") {
            !Self.incidents(folder, about: "a").isEmpty
        }
        let incident = try #require(Self.incidents(folder, about: "a").first)
        #expect(try TapeReader(path: incident).summary().messages == 1)
        #expect(try TapeReader(path: incident).sessions().allSatisfy { $0.tags.contains(#""incident_device":"a""#) })

        try FileManager.default.removeItem(atPath: folder)
        try Self.say(#"{"status":"offline"}"#, "b", to: broker)
        try poll("the failure") { second.errors.contains("trying again every 30 s") }
        #expect(second.output.contains(#""outlook":"retried""#))
        #expect(try Program.stop(second) == 0)
        #expect(second.errors.contains("tapedeck slice \(tape) -o NEW.tape --since "))
        let third = try Program.record(tape, from: broker, flags)
        try poll("the tape of the incident that failed") { !Self.incidents(folder, about: "b").isEmpty }
        #expect(try Program.stop(third) == 0)
        #expect(third.errors.contains("it could not be cut since"))
        #expect(try Program.run(["verify", tape], in: workspace).status == 0)
    }

    @Test(arguments: [
        (["--trigger", "t>high"], "no number"), (["--trigger", "x"], "no condition"), (["--ring", "1s"], "10s"),
        (["--ring", "1m", "--keep-for", "1h"], "--keep-for"),
        (["--max-incidents", "0", "--trigger", "mark"], "from 1"),
    ])
    func `wrong flags are refused before anything is made`(arguments: [String], word: String) throws {
        let workspace = try Workspace()
        let tape = workspace.path("none.tape")
        let result = try Program.run(["record", tape, "--broker", "mqtt://127.0.0.1:1"] + arguments, in: workspace)
        #expect(result.status == 64)
        #expect(result.errors.contains(word))
        #expect(!FileManager.default.fileExists(atPath: tape))
    }
}
