import DeviceProtocol
import Foundation
import Tape
import TestSupport
import Testing

@Suite struct SeveralClientsTests {
    @Test func `one broker's absence costs another broker's messages nothing`() throws {
        let workspace = try Workspace()
        let (one, two) = (try PrivateBroker(workspace), try PrivateBroker(workspace))
        let tape = workspace.path("two.tape")
        let recorder = try Self.record(tape, workspace, ["--broker", one.url, "--broker", two.url], lines: 2)
        let publisher = try one.linePublisher("v1/device/a/telemetry")
        try two.publish("v1/device/b/telemetry", ["-q", "1", "-m", "before"])
        try poll("the first message") { try TapeReader(path: tape).summary().messages == 1 }
        try two.stop()
        for number in 0..<500 { #expect(publisher.write("{\"n\":\(number)}\n")) }
        try poll("the messages of the broker that is there") {
            try TapeReader(path: tape).summary().messages == 501
        }
        try two.start()
        try poll("the recorder to come back", within: 60) {
            recorder.errors.components(separatedBy: "recording mqtt").count == 4
        }
        try two.publish("v1/device/b/telemetry", ["-q", "1", "-m", "after"])
        try poll("the last message") { try TapeReader(path: tape).summary().messages == 502 }
        #expect(try Program.stop(recorder) == 3)

        let reader = try TapeReader(path: tape)
        let sessions = try reader.sessions()
        let first = try #require(sessions.first { $0.broker == one.url })
        let second = try #require(sessions.first { $0.broker == two.url })
        #expect((first.messages, second.messages) == (500, 2))
        #expect(first.clientID != second.clientID)
        // This broker keeps no sessions across a restart.
        #expect(try reader.gaps().map(\.session) == [second.id, second.id])
        #expect(Set(try reader.gaps().map(\.cause)) == ["disconnected", "session_lost"])
    }

    @Test func `kills lose nothing of either broker and mark every duplicate`() throws {
        let workspace = try Workspace()
        let (one, two) = (try PrivateBroker(workspace), try PrivateBroker(workspace))
        let tape = workspace.path("killed.tape")
        let brokers = ["--broker", one.url, "--broker", two.url]
        var recorder = try Self.record(tape, workspace, brokers, lines: 2)
        let publishers = [
            try one.linePublisher("v1/device/a/telemetry"), try two.linePublisher("v1/device/b/telemetry"),
        ]
        var random = SeededGenerator(seed: 3)
        var sent = 0
        let start = ContinuousClock.now
        for _ in 0..<5 {
            let until = sent + Int.random(in: 150...400, using: &random)
            while sent < until {
                let due = min(until, Int((ContinuousClock.now - start) / .milliseconds(1)))
                let lines = (sent..<max(sent, due)).map { "{\"n\":\($0)}\n" }.joined()
                sent = max(sent, due)
                if lines.isEmpty { usleep(1_000) }
                for publisher in publishers where !lines.isEmpty { #expect(publisher.write(lines)) }
            }
            recorder.signal(SIGKILL)
            try recorder.wait()
            recorder = try Self.record(tape, workspace, brokers, lines: 2)
        }
        try poll("the last messages", within: 60) {
            try Self.numbers(on: tape).allSatisfy { $0.value.contains(sent - 1) } && Self.numbers(on: tape).count == 2
        }
        #expect(try Program.stop(recorder) == 0, "\(recorder.errors)")
        for (topic, numbers) in try Self.numbers(on: tape) {
            #expect(numbers.count == sent, "\(topic)")
            #expect(Set(numbers).count == sent, "\(topic): a duplicate without a mark")
        }
        // Each client's pauses stand in the ledger.
        #expect(try TapeReader(path: tape).gaps().filter { $0.cause == "killed" }.count == 10)
    }

    @Test func `users of one broker record what each of them may read`() throws {
        let workspace = try Workspace()
        let broker = try Self.brokerWithUsers(workspace)
        let file = try workspace.write(
            "clients.csv", "username,password\nhall,wrong-horse\nroof,battery-staple\n")
        chmod(file, 0o600)
        let tape = workspace.path("users.tape")
        let recorder = try Self.record(
            tape, workspace, ["--broker", broker.url, "--clients", file, "-t", "v1/device/%u/#"], lines: 2)
        for device in ["hall", "roof", "cellar"] {
            try broker.publish(
                "v1/device/\(device)/telemetry", ["-q", "1", "-m", "{}", "-u", "writer", "-P", "writes"])
        }
        try poll("both messages") { try TapeReader(path: tape).summary().messages == 2 }
        #expect(try Program.stop(recorder) == 0, "\(recorder.errors)")
        let reader = try TapeReader(path: tape)
        let clients = Dictionary(uniqueKeysWithValues: try reader.sessions().map { ($0.id, $0.clientID ?? "") })
        let cursor = try reader.messages()
        while let message = try cursor.next() {
            let device = try #require(message.topic.split(separator: "/").dropFirst(2).first)
            #expect(clients[message.session]?.hasSuffix("-\(device)") == true)
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: tape))
        for secret in ["wrong-horse", "battery-staple"] {
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
            #expect(!recorder.errors.contains(secret))
        }
    }

    @Test func `a client that is refused ends the recording, or is borne and stands in the ledger`() throws {
        let workspace = try Workspace()
        let broker = try Self.brokerWithUsers(workspace)
        let file = try workspace.write("clients.csv", "username,password\nhall,wrong-horse\nroof,mistyped\n")
        chmod(file, 0o600)
        let tape = workspace.path("refused.tape")
        let arguments = ["--broker", broker.url, "--clients", file, "-t", "v1/device/%u/#"]
        let strict = try Program.run(["record", tape] + arguments, in: workspace)
        #expect(strict.status == 1)
        #expect(strict.errors.contains("refused the connection"))
        let lenient = workspace.path("lenient.tape")
        let recorder = try Self.record(lenient, workspace, arguments + ["--best-effort"], lines: 1)
        try poll("the refusal to be said") { recorder.errors.contains("roof: the broker") }
        try broker.publish("v1/device/hall/telemetry", ["-q", "1", "-m", "{}", "-u", "writer", "-P", "writes"])
        try poll("the message") { try TapeReader(path: lenient).summary().messages == 1 }
        try Program.stop(recorder)
        let reader = try TapeReader(path: lenient)
        let gap = try #require(try reader.gaps().first)
        #expect(gap.cause == "disconnected")
        #expect(gap.detail?.contains("refused the connection") == true)
        #expect(try reader.sessions().first { $0.id == gap.session }?.clientID?.hasSuffix("-roof") == true)
    }

    @Test func `a client whose broker never answered is named, and its time stands in the ledger`() throws {
        let workspace = try Workspace()
        let (broker, silent) = (try PrivateBroker(workspace), try ScriptedBroker())
        let tape = workspace.path("silent.tape")
        let result = try Program.run(
            ["record", tape, "--broker", broker.url, "--broker", silent.url, "--max-duration", "2s"], in: workspace)
        #expect(result.status == 3)
        #expect(result.errors.contains("was never connected"))
        let reader = try TapeReader(path: tape)
        let gap = try #require(try reader.gaps().first)
        #expect(gap.cause == "disconnected" && gap.endedAt != nil)
        #expect(try reader.sessions().first { $0.id == gap.session }?.broker == silent.url)
    }

    @Test func `drops at QoS 0 are told of every client of the broker, whichever of them watches its counter`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace, settings: "max_queued_messages 100\nsys_interval 1\n")
        let file = try workspace.write("clients.csv", "username,topic\nfirst,one/#\nsecond,two/#\n")
        chmod(file, 0o600)
        let tape = workspace.path("drops.tape")
        let recorder = try Self.record(tape, workspace, ["--broker", broker.url, "--clients", file], lines: 2)
        // All of the first one's deliveries have numbers.
        let numbered = try broker.linePublisher("one/x")
        for number in 0..<200 { #expect(numbered.write("{\"n\":\(number)}\n")) }
        try poll("the numbered messages") { try TapeReader(path: tape).summary().messages == 200 }
        let unnumbered = try broker.linePublisher("two/x", qos: 0)
        let filler = String(repeating: "x", count: 2_000)
        try poll("a row of the ledger", within: 60) {
            recorder.signal(SIGSTOP)
            for number in 0..<5_000 { unnumbered.write("{\"n\":\(number),\"filler\":\"\(filler)\"}\n") }
            recorder.signal(SIGCONT)
            usleep(3_000_000)
            return try TapeReader(path: tape).gaps().contains { $0.cause == "broker_dropped" }
        }
        try Program.stop(recorder)
        let reader = try TapeReader(path: tape)
        let rows = try reader.gaps().filter { $0.cause == "broker_dropped" }
        let second = try #require(try reader.sessions().first { $0.clientID?.hasSuffix("-second") == true })
        #expect(rows.allSatisfy { $0.session == second.id })
    }

    @Test(arguments: [
        (["--clients", "FILE", "-u", "x"], "--clients"), (["-i", "x", "--broker", "mqtt://b"], "-i names one client"),
        (["--broker", "mqtt://a"], "twice"),
    ])
    func `wrong combinations are refused before anything is made`(extra: [String], word: String) throws {
        let workspace = try Workspace()
        let file = try workspace.write("clients.csv", "username\nx\n")
        chmod(file, 0o600)
        let tape = workspace.path("none.tape")
        let arguments = extra.map { $0 == "FILE" ? file : $0 }
        let result = try Program.run(["record", tape, "--broker", "mqtt://a"] + arguments, in: workspace)
        #expect(result.status == 64)
        #expect(result.errors.contains(word), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: tape))
    }

    @Test func `a file of clients that others can read is refused`() throws {
        let workspace = try Workspace()
        let file = try workspace.write("clients.csv", "username,password\nx,hidden\n")
        chmod(file, 0o644)
        let result = try Program.run(
            ["record", workspace.path("none.tape"), "--broker", "mqtt://a", "--clients", file], in: workspace)
        #expect(result.status != 0)
        #expect(result.errors.contains("chmod 600"))
        #expect(!result.errors.contains("hidden"))
    }

    // MARK: Support

    /// Starts a recording and waits until so many clients record.
    private static func record(
        _ tape: String, _ workspace: Workspace, _ arguments: [String], lines: Int
    ) throws -> ChildProcess {
        let child = try Program.start(["record", tape] + arguments, in: workspace)
        try poll("\(lines) clients to record; it said: \(child.errors)") {
            guard child.exitStatus == nil else { throw Failure("the recorder ended: \(child.errors)") }
            return child.errors.components(separatedBy: "recording mqtt").count > lines
        }
        return child
    }

    /// The numbers of the messages that are no marked repeats, by topic.
    private static func numbers(on tape: String) throws -> [String: [Int]] {
        var numbers: [String: [Int]] = [:]
        let cursor = try TapeReader(path: tape).messages()
        while let message = try cursor.next() {
            guard message.duplicateOf == nil, let number = message.number else { continue }
            numbers[message.topic, default: []].append(number)
        }
        return numbers
    }

    /// A broker whose users read the topics of the device of their name only.
    private static func brokerWithUsers(_ workspace: Workspace) throws -> PrivateBroker {
        let users = workspace.path("users")
        for (index, user) in ["hall:wrong-horse", "roof:battery-staple", "writer:writes"].enumerated() {
            let parts = user.split(separator: ":").map(String.init)
            let child = try ChildProcess(
                "mosquitto_passwd", (index == 0 ? ["-c"] : []) + ["-b", users, parts[0], parts[1]], in: workspace)
            try child.wait()
        }
        let rights = try workspace.write(
            "rights", "pattern read v1/device/%u/#\n\nuser writer\ntopic write v1/device/#\n")
        return try PrivateBroker(workspace, settings: "password_file \(users)\nacl_file \(rights)\n")
    }
}
