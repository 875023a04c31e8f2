import DeviceProtocol
import Foundation
import SQLite
import Tape
import TestSupport
import Testing

/// What is acknowledged, when, and how a redelivery is told from a new message.
@Suite struct AcknowledgementTests {
    private func start(_ broker: ScriptedBroker, _ workspace: Workspace, _ arguments: [String] = []) throws
        -> ChildProcess
    {
        // The second client would connect too, and be taken for the first.
        let quiet = ["--no-retained-snapshot", "--no-broker-statistics"]
        return try Program.start(
            ["record", workspace.path("t.tape"), "--broker", broker.url] + quiet + arguments, in: workspace)
    }

    /// Starts a recorder whose subscription stands.
    private func record(
        _ broker: ScriptedBroker, _ workspace: Workspace
    ) throws -> (recorder: ChildProcess, client: ScriptedBroker.Client) {
        let recorder = try start(broker, workspace)
        let client = try broker.accept()
        try client.answerSubscribe(1)
        try poll("the subscription") { recorder.errors.contains("recording ") }
        return (recorder, client)
    }

    @Test func `no acknowledgement leaves before the commit is through`() throws {
        let workspace = try Workspace()
        let broker = try PrivateBroker(workspace, settings: "log_type all")
        let tape = workspace.path("locked.tape")
        // The broker's log is to be about one client.
        let recorder = try Program.record(tape, from: broker, ["--no-retained-snapshot", "--no-broker-statistics"])
        try broker.publish("v1/device/a/get", ["-q", "1", "-n"])
        try poll("the first message") { try TapeReader(path: tape).summary().messages == 1 }
        let acknowledged = { broker.process.errors.components(separatedBy: "Received PUBACK from tapedeck-").count - 1 }
        try poll("the first acknowledgement") { acknowledged() == 1 }

        // While somebody else holds the write lock, the recorder's commit waits.
        let other = try Connection(path: tape, mode: .readWrite)
        try other.execute("BEGIN IMMEDIATE")
        for number in 0..<20 { try broker.publish("v1/device/a/telemetry", ["-q", "1", "-m", "{\"n\":\(number)}"]) }
        try poll("the broker to deliver") {
            broker.process.errors.components(separatedBy: "Sending PUBLISH to tapedeck-").count - 1 == 21
        }
        // Far longer than a batch takes: whoever acknowledges before the commit has done so by now.
        let patience = ContinuousClock.now + .milliseconds(500)
        try poll("the moment to look") { ContinuousClock.now > patience || acknowledged() > 1 }
        #expect(acknowledged() == 1)

        recorder.signal(SIGKILL)
        try recorder.wait()
        try other.execute("ROLLBACK")
        let again = try Program.record(tape, from: broker)
        try poll("all messages") { try TapeReader(path: tape).summary().messages == 21 }
        #expect(try TapeReader(path: tape).numbers() == Set(0..<20))
        try poll("the acknowledgements") { acknowledged() == 21 }
        #expect(try Program.stop(again) == 0)
    }

    @Test func `a repeat after a kill is marked, a reused packet id with other content is not`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        var recorder = try start(broker, workspace)
        var client = try broker.accept()
        try client.answerSubscribe(1)
        client.publish("v1/device/a/telemetry", "one", packetID: 1)
        client.publish("v1/device/a/telemetry", "two", packetID: 2)
        #expect(try client.readAcknowledgement() == 1)
        #expect(try client.readAcknowledgement() == 2)
        recorder.signal(SIGKILL)
        try recorder.wait()

        // The broker saw neither acknowledgement, has given number 2 to another message, and sends a third again that
        // was never recorded.
        recorder = try start(broker, workspace)
        client = try broker.accept(sessionPresent: true)
        client.publish("v1/device/a/telemetry", "one", packetID: 1, dup: true)
        client.publish("v1/device/a/telemetry", "other", packetID: 2, dup: true)
        client.publish("v1/device/a/telemetry", "three", packetID: 3, dup: true)
        for _ in 1...3 { _ = try client.readAcknowledgement() }
        try Program.stop(recorder)
        #expect(try duplicates(workspace) == [nil, nil, 1, nil, nil])
    }

    @Test func `packet ids say nothing once the broker has begun a new session`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let recorder = try start(broker, workspace)
        do {
            let client = try broker.accept()
            try client.answerSubscribe(1)
            client.publish("v1/device/a/telemetry", "one", packetID: 1)
            _ = try client.readAcknowledgement()
        }
        let client = try broker.accept(sessionPresent: false)
        try client.answerSubscribe(1)
        client.publish("v1/device/a/telemetry", "one", packetID: 1, dup: true)
        _ = try client.readAcknowledgement()
        #expect(try Program.stop(recorder) == 3)
        #expect(try duplicates(workspace) == [nil, nil])
    }

    @Test func `subscribes only where the broker has no session`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let recorder = try start(broker, workspace)
        do {
            let client = try broker.accept()
            try client.answerSubscribe(1)
        }
        let client = try broker.accept(sessionPresent: true)
        client.publish("v1/device/a/telemetry", "one", packetID: 1)
        // The acknowledgement is the first packet after CONNECT: no SUBSCRIBE came before it.
        #expect(try client.read().type == 4)
        #expect(try Program.stop(recorder) == 0)
    }

    @Test func `subscribes again when another QoS is asked for than the broker's session has`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        do {
            let recorder = try start(broker, workspace, ["-q", "0"])
            let client = try broker.accept()
            try client.answerSubscribe(0)
            try poll("the subscription") { recorder.errors.contains("recording ") }
            try Program.stop(recorder)
        }
        let recorder = try start(broker, workspace, ["-q", "1"])
        let client = try broker.accept(sessionPresent: true)
        try client.answerSubscribe(1)
        try poll("the subscription") { recorder.errors.contains("recording ") }
        #expect(try Program.stop(recorder) == 0)
    }

    @Test func `does not rely on a subscription that a new broker session never got`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let recorder = try start(broker, workspace)
        do {
            let client = try broker.accept()
            try client.answerSubscribe(1)
            try poll("the subscription") { recorder.errors.contains("recording ") }
        }
        // A new session, and the connection breaks before the SUBSCRIBE is handled.
        do { _ = try broker.accept(sessionPresent: false) }
        let client = try broker.accept(sessionPresent: true)
        try client.answerSubscribe(1)
        try poll("to be back") { recorder.errors.components(separatedBy: "recording mqtt").count == 3 }
        #expect(try Program.stop(recorder) == 3)
    }

    @Test func `every repeat is marked when a redelivery is cut short and begins anew`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let recorder = try start(broker, workspace)
        let tape = workspace.path("t.tape")
        func deliver(_ client: ScriptedBroker.Client, _ count: UInt16, dup: Bool, total: Int) throws {
            for id in 1...count { client.publish("v1/device/a/telemetry", "\(id)", packetID: id, dup: dup) }
            try poll("\(total) messages", within: 60) { try TapeReader(path: tape).summary().messages == total }
        }
        do {
            let client = try broker.accept()
            try client.answerSubscribe(1)
            try poll("the subscription") { recorder.errors.contains("recording ") }
            try deliver(client, 900, dup: false, total: 900)
        }
        do { try deliver(try broker.accept(sessionPresent: true), 500, dup: true, total: 1_400) }
        let client = try broker.accept(sessionPresent: true)
        try deliver(client, 900, dup: true, total: 2_300)
        #expect(try Program.stop(recorder) == 0)
        let marks = try duplicates(workspace)
        #expect(marks.prefix(900).allSatisfy { $0 == nil })
        #expect(Array(marks[900..<1_400]) == (1...500).map { $0 })
        #expect(Array(marks[1_400...]) == (1...900).map { $0 })
    }

    @Test func `repeats are marked also where the broker had more under way than the receive maximum`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let recorder = try start(broker, workspace)
        let tape = workspace.path("t.tape")
        func deliver(_ client: ScriptedBroker.Client, dup: Bool, total: Int) throws {
            for id in UInt16(1)...5_000 { client.publish("v1/device/a/telemetry", "\(id)", packetID: id, dup: dup) }
            try poll("\(total) messages", within: 60) { try TapeReader(path: tape).summary().messages == total }
        }
        do {
            let client = try broker.accept()
            try client.answerSubscribe(1)
            try poll("the subscription") { recorder.errors.contains("recording ") }
            try deliver(client, dup: false, total: 5_000)
        }
        do { try deliver(try broker.accept(sessionPresent: true), dup: true, total: 10_000) }
        recorder.signal(SIGKILL)
        try recorder.wait()
        let next = try start(broker, workspace)
        try deliver(try broker.accept(sessionPresent: true), dup: true, total: 15_000)
        try Program.stop(next)
        let marks = try duplicates(workspace)
        #expect(marks.prefix(5_000).allSatisfy { $0 == nil })
        let repeated: [Int64?] = (0..<10_000).map { Int64($0 % 5_000 + 1) }
        #expect(Array(marks.dropFirst(5_000)) == repeated)
    }

    @Test func `a lock that somebody holds for long is waited for, and nothing is acknowledged meanwhile`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let (recorder, client) = try record(broker, workspace)
        let other = try Connection(path: workspace.path("t.tape"), mode: .readWrite)
        try other.execute("BEGIN IMMEDIATE")
        client.publish("v1/device/a/telemetry", "one", packetID: 1)
        try poll("the recorder to say that it waits: \(recorder.errors)") {
            recorder.errors.contains("is locked by another")
        }
        try other.execute("ROLLBACK")
        #expect(try client.readAcknowledgement() == 1)

        // Also when it is the ledger that cannot be written: the row is there once the lock is gone.
        try other.execute("BEGIN IMMEDIATE")
        client.hangUp()
        try poll("the recorder to wait again") {
            recorder.errors.components(separatedBy: "is locked by another").count >= 3
        }
        try other.execute("ROLLBACK")
        let again = try broker.accept(sessionPresent: true)
        again.publish("v1/device/a/telemetry", "two", packetID: 2)
        #expect(try again.readAcknowledgement() == 2)
        #expect(try Program.stop(recorder) == 0)
        #expect(try duplicates(workspace) == [nil, nil])
        #expect(
            try TapeReader(path: workspace.path("t.tape")).gaps().map(\.cause).sorted() == ["behind", "disconnected"])
    }

    @Test func `a gap begins when the recorder stood still, not when it read what had come before the break`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let (recorder, client) = try record(broker, workspace)
        client.publish("v1/device/a/telemetry", "one", packetID: 1)
        _ = try client.readAcknowledgement()
        recorder.signal(SIGSTOP)
        let stopped = Timestamp(nanoseconds: SystemTimeSource().wall)
        client.publish("v1/device/a/telemetry", "two", packetID: 2)
        client.hangUp()
        let patience = ContinuousClock.now + .milliseconds(1_500)
        try poll("time to pass") { ContinuousClock.now > patience }
        recorder.signal(SIGCONT)
        let again = try broker.accept(sessionPresent: true)
        again.publish("v1/device/a/telemetry", "three", packetID: 3)
        _ = try again.readAcknowledgement()
        #expect(try Program.stop(recorder) == 0)
        #expect(try duplicates(workspace).count == 3)
        let gap = try #require(try TapeReader(path: workspace.path("t.tape")).gaps().first)
        #expect(gap.beganAt <= stopped)
    }

    @Test func `a refused filter is named, stands in the ledger and ends with 3`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let recorder = try start(broker, workspace)
        let client = try broker.accept()
        try client.answerSubscribe(0x87)
        #expect(try recorder.wait() == 3)
        #expect(recorder.errors.contains("refused to subscribe us to `v1/device/#`"))
        #expect(try TapeReader(path: workspace.path("t.tape")).gaps().map(\.cause) == ["refused"])
    }

    @Test func `best effort goes on with what was granted`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let recorder = try start(broker, workspace, ["-t", "a/#", "-t", "b/#", "--best-effort"])
        for connection in 1...3 {
            let client = try broker.accept(sessionPresent: connection > 1)
            try client.answerSubscribe(0x87)
            try client.answerSubscribe(0)
            client.publish("b/c", "\(connection)", packetID: UInt16(connection))
            #expect(try client.readAcknowledgement() == connection)
        }
        #expect(try Program.stop(recorder) == 0)
        // Each shortfall is one row however often the broker was asked, and ends with the recording.
        let gaps = try TapeReader(path: workspace.path("t.tape")).gaps().filter { $0.cause != "disconnected" }
        #expect(gaps.map(\.cause) == ["refused", "downgraded"])
        #expect(gaps.allSatisfy { $0.endedAt != nil })
    }

    @Test func `a refused password is one clear sentence and leaves no tape behind`() throws {
        let workspace = try Workspace()
        let broker = try ScriptedBroker()
        let recorder = try start(broker, workspace)
        _ = try broker.accept(reasonCode: 0x86)
        #expect(try recorder.wait() == 1)
        #expect(recorder.errors.contains("refused the connection"))
        #expect(recorder.errors.contains("password"))
        #expect(!FileManager.default.fileExists(atPath: workspace.path("t.tape")))
    }

    /// What each message on the tape is a duplicate of.
    private func duplicates(_ workspace: Workspace) throws -> [Int64?] {
        let cursor = try TapeReader(path: workspace.path("t.tape")).messages()
        var found: [Int64?] = []
        while let message = try cursor.next() { found.append(message.duplicateOf) }
        return found
    }
}
