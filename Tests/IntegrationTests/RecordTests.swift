import DeviceProtocol
import Foundation
import MQTTWire
import Tape
import TestSupport
import Testing

@Suite struct RecordTests {
    @Test func `gives back every message of a mixed session byte for byte, in order, once`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("mixed.tape")
        let recorder = try Program.record(tape, from: broker, ["-t", "#"])
        let large = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let payloads: [(topic: String, payload: [UInt8], qos: Int)] = [
            ("v1/device/a/telemetry", Array(#"{"status":"online","telemetries":{"x":100.10}}"#.utf8), 1),
            ("v1/device/a/config", Array("{ version: 1, }".utf8), 1), ("v1/device/a/get", [], 0),
            ("v1/device/b/telemetry", [0xff, 0, 0xfe], 1), ("v1/device/b/dump", large, 1),
            ("somewhere/else", Array("plain\n".utf8), 0), ("v1/device", [0xef, 0xbb, 0xbf], 1),
            ("v1/device/", Array("Ā".utf8), 0),
        ]
        for (index, message) in payloads.enumerated() {
            let file = try workspace.write("payload-\(index)", bytes: message.payload)
            try broker.publish(
                message.topic,
                ["-q", "\(message.qos)"] + (message.payload.isEmpty ? ["-n"] : ["-f", file]) + [
                    "-D", "publish", "user-property", "b", "1", "-D", "publish", "user-property", "a", "2", "-D",
                    "publish", "user-property", "b", "", "-D", "publish", "response-topic", "re/\(index)", "-D",
                    "publish",
                    "correlation-data", "c\(index)", "-D", "publish", "content-type", "x/y",
                ])
        }
        try poll("all messages") { try TapeReader(path: tape).summary().messages == payloads.count }
        #expect(try Program.stop(recorder) == 0)

        let cursor = try TapeReader(path: tape).messages()
        for (index, message) in payloads.enumerated() {
            let recorded = try #require(try cursor.next())
            #expect(recorded.sequence == Int64(index + 1))
            #expect(recorded.topic == message.topic)
            #expect(recorded.payload == message.payload)
            #expect(recorded.qos.rawValue == UInt8(message.qos))
            #expect(recorded.duplicateOf == nil)
            let users = recorded.properties.userProperties
            #expect(users.map(\.name) == ["b", "a", "b"])
            #expect(users.map(\.value) == ["1", "2", ""])
            #expect(recorded.properties.responseTopic == "re/\(index)")
            #expect(recorded.properties.correlationData == Array("c\(index)".utf8))
        }
        #expect(try cursor.next() == nil)
        #expect(cursor.damages.isEmpty)
    }

    /// How a recorder is connected that is going to be killed so often.
    struct KillCase: Sendable {
        var qos: Int
        var kills: Int
        var isSecure = false
    }

    @Test(arguments: [
        KillCase(qos: 1, kills: 20), KillCase(qos: 2, kills: 10), KillCase(qos: 1, kills: 5, isSecure: true),
    ])
    func `a kill at any moment loses nothing acknowledged and marks every duplicate`(_ test: KillCase) throws {
        let workspace = try Workspace()
        let certificates = try Certificates(workspace)
        try certificates.make("server")
        let (broker, securePort) = try PrivateBroker.secure(workspace, certificates)
        let tape = workspace.path("killed.tape")
        let arguments =
            ["-q", "\(test.qos)"]
            + (test.isSecure
                ? ["--broker", "mqtts://localhost:\(securePort)", "--cafile", certificates.authority] : [])
        var recorder = try Program.record(tape, from: broker, arguments)
        let publisher = try broker.linePublisher("v1/device/k/telemetry", qos: test.qos)
        var random = SeededGenerator(seed: 20)
        var sent = 0
        let start = ContinuousClock.now
        for kill in 0..<test.kills {
            // 1,000 messages a second, and a kill at some moment within the next 150 to 600 ms.
            let until = sent + Int.random(in: 150...600, using: &random)
            while sent < until {
                let due = min(until, Int((ContinuousClock.now - start) / .milliseconds(1)))
                var lines = ""
                while sent < due {
                    lines += "{\"n\":\(sent)}\n"
                    sent += 1
                }
                if lines.isEmpty { usleep(1_000) } else { #expect(publisher.write(lines)) }
            }
            recorder.signal(SIGKILL)
            try recorder.wait()
            if kill == test.kills - 1 { break }
            recorder = try Program.record(tape, from: broker, arguments)
        }
        recorder = try Program.record(tape, from: broker, arguments)
        try poll("the last message", within: 60) {
            try TapeReader(path: tape).numbers().contains(sent - 1)
        }
        #expect(try Program.stop(recorder) == 0, "\(recorder.errors)")

        let reader = try TapeReader(path: tape)
        let cursor = try reader.messages()
        var first: [Int: Int64] = [:]
        var byNumber = Set<Int>()
        while let message = try cursor.next() {
            let number = try #require(message.number)
            if let original = message.duplicateOf {
                #expect(first[number] == original, "seq \(message.sequence) is marked as a repeat of the wrong message")
            } else {
                #expect(byNumber.insert(number).inserted, "number \(number) stands twice without a mark")
                first[number] = message.sequence
            }
        }
        #expect(byNumber.count == sent)
        #expect(byNumber.max() == sent - 1)
        #expect(try reader.gaps().filter { $0.cause == "killed" }.count == test.kills)
        let check = try ChildProcess("sqlite3", [tape, "PRAGMA integrity_check"], in: workspace)
        try check.wait()
        #expect(check.output == "ok\n")
    }

    @Test func `comes back by itself after the broker restarts, with the gap on the tape`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("restart.tape")
        let recorder = try Program.record(tape, from: broker)
        try broker.publish("v1/device/a/telemetry", ["-q", "1", "-m", "before"])
        try poll("the first message") { try TapeReader(path: tape).summary().messages == 1 }
        try broker.stop()
        try poll("the recorder to notice") { recorder.errors.contains("next attempt") }
        try broker.start()
        try poll("the recorder to come back: \(recorder.errors)", within: 60) {
            recorder.errors.components(separatedBy: "recording mqtt").count == 3
        }
        try broker.publish("v1/device/a/telemetry", ["-q", "1", "-m", "after"])
        try poll("the second message") { try TapeReader(path: tape).summary().messages == 2 }
        // This broker keeps no sessions across a restart: what it had queued is gone, and the exit code says so.
        #expect(try Program.stop(recorder) == 3)
        let gaps = try TapeReader(path: tape).gaps()
        #expect(Set(gaps.map(\.cause)) == ["disconnected", "session_lost"])
        #expect(gaps.allSatisfy { $0.endedAt != nil })

        let answer = try Program.run(["query", "messages", tape, "--format", "jsonl"], in: workspace)
        #expect(answer.status == 0)
        #expect(answer.output.split(separator: "\n").count == 2)
        #expect(answer.errors.contains("warning: "))
        #expect(answer.errors.contains("not connected to the broker"))
    }

    @Test func `retained messages of the past are not taken for new ones, and new ones keep their flag`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        try broker.publish("v1/device/a/config", ["-q", "1", "-r", "-m", "{\"version\":\"7\"}"])
        try broker.publish("v1/device/a/telemetry", ["-q", "1", "-r", "-m", "{\"telemetries\":{\"old\":1}}"])
        let tape = workspace.path("retained.tape")
        let recorder = try Program.record(tape, from: broker)
        try poll("the retained messages") { recorder.errors.contains("took 2 retained messages") }
        try broker.publish("v1/device/a/config", ["-q", "1", "-r", "-m", "new"])
        try broker.publish("v1/device/a/config", ["-q", "1", "-m", "plain"])
        try poll("the messages") { try TapeReader(path: tape).summary().messages == 4 }
        #expect(try Program.stop(recorder) == 0)
        let reader = try TapeReader(path: tape)
        let snapshots = Set(try reader.sessions().filter(\.isSnapshot).map(\.id))
        #expect(snapshots.count == 1)
        let cursor = try reader.messages()
        var found: [String] = []
        while let message = try cursor.next() {
            if snapshots.contains(message.session) { continue }
            found.append(String(decoding: message.payload, as: UTF8.self) + (message.retain ? " retained" : ""))
        }
        #expect(found == ["new retained", "plain"])
        #expect(try Program.run(["verify", tape], in: workspace).status == 0)

        let samples = try Program.run(["query", "telemetry", tape, "--format", "jsonl"], in: workspace)
        #expect(samples.output.isEmpty)
        let exported = try Program.run(["export", tape], in: workspace)
        #expect(!exported.output.contains("old"))
        let messages = try Program.run(["query", "messages", tape, "--format", "jsonl"], in: workspace)
        #expect(messages.output.components(separatedBy: "\"retained_snapshot\":true").count == 3)
        let state = try Program.run(["query", "state", tape, "--format", "jsonl"], in: workspace)
        #expect(state.output.contains("\"latest_config_version\":\"7\""))
        #expect(state.output.contains("\"retained\":[\"latest_config_version\",\"metrics\"]"))
    }

    @Test func `without the flag for it the past is not asked for`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        try broker.publish("v1/device/a/config", ["-q", "1", "-r", "-m", "old"])
        let tape = workspace.path("present.tape")
        let recorder = try Program.record(tape, from: broker, ["--no-retained-snapshot"])
        try broker.publish("v1/device/a/config", ["-q", "1", "-m", "new"])
        try poll("the message") { try TapeReader(path: tape).summary().messages == 1 }
        #expect(try Program.stop(recorder) == 0)
        #expect(try TapeReader(path: tape).sessions().count == 1)
    }

    @Test func `a second recorder on the same tape is refused`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("busy.tape")
        let recorder = try Program.record(tape, from: broker)
        let second = try Program.run(["record", tape, "--broker", broker.url], in: workspace)
        #expect(second.status == 1)
        #expect(second.errors.contains("another tapedeck is recording onto \(tape)"))
        #expect(try Program.stop(recorder) == 0)
    }

    @Test func `an access key reaches neither the tape nor the terminal, and equal keys stay equal`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace)
        let tape = workspace.path("secret.tape")
        let recorder = try Program.record(tape, from: broker)
        let secret = "5ec4e7c0ffee5ec4e7c0ffee5ec4e7c0"
        for device in ["a", "b", "a"] {
            try broker.publish(
                "v1/device/\(device)/telemetry",
                [
                    "-q", "1", "-m", "{}", "-D", "publish", "user-property", "device_id", device, "-D", "publish",
                    "user-property", "access_key", device == "a" ? secret : secret + "b",
                ])
        }
        try poll("the messages") { try TapeReader(path: tape).summary().messages == 3 }
        #expect(try Program.stop(recorder) == 0)
        let cursor = try TapeReader(path: tape).messages()
        var placeholders: [String] = []
        while let message = try cursor.next() {
            placeholders.append(try #require(message.properties.userProperty("access_key")))
            #expect(message.redactions == 1)
        }
        #expect(placeholders[0] == placeholders[2])
        #expect(placeholders[0] != placeholders[1])
        #expect(placeholders.allSatisfy { $0.hasPrefix("redacted:") })
        for name in try FileManager.default.contentsOfDirectory(atPath: workspace.folder) {
            let data = try Data(contentsOf: URL(fileURLWithPath: workspace.path(name)))
            #expect(data.range(of: Data(secret.utf8)) == nil, "the key stands in \(name)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: tape)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}

extension RecordedMessage {
    /// The number in a payload `{"n":…}`.
    var number: Int? {
        Int(String(decoding: payload, as: UTF8.self).dropFirst(5).dropLast())
    }
}

extension TapeReader {
    func numbers() throws -> Set<Int> {
        let cursor = try messages()
        var numbers = Set<Int>()
        while let message = try cursor.next() { if let number = message.number { numbers.insert(number) } }
        return numbers
    }
}
