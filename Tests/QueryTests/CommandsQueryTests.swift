import DeviceProtocol
import MQTTWire
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct CommandsQueryTests {
    /// A short way to write a message about command 1: `c` is a delivery, `u` an update, with the status behind it.
    struct Life: Sendable, CustomTestStringConvertible {
        var messages: [String]
        var expected: String
        var testDescription: String { messages.joined(separator: " ") }

        init(_ messages: String, _ expected: String) {
            self.messages = messages.split(separator: " ").map(String.init)
            self.expected = expected
        }
    }

    @Test(arguments: [
        Life("c:pending", "pending 1+0 []"),
        Life("c:pending u:in_progress", "in_progress 1+1 []"),
        Life("c:pending u:in_progress u:done", "done 1+2 [] 2.0"),
        Life("c:pending u:done", "done 1+1 [] 1.0"),
        Life("c:pending u:failed", "failed 1+1 [] 1.0"),
        Life("c:pending u:error", "failed 1+1 [] 1.0"),
        Life("c:pending u:In-Progress u:DONE", "done 1+2 [] 2.0"),
        Life("c:pending u:in_progress c:pending u:in_progress u:done", "done 2+3 [] 4.0"),
        Life("c:in_progress", "in_progress 1+0 []"),
        Life("c:in_progress u:done", "done 1+1 [] 1.0"),
        Life("u:done", "done 0+1 [update_without_command]"),
        Life("u:in_progress u:done", "done 0+2 [update_without_command]"),
        Life("u:in_progress c:pending u:done", "done 1+2 [update_before_command]"),
        Life("u:done c:pending", "done 1+1 [update_before_command]"),
        Life("c:pending u:done u:done", "done 1+2 [two_terminals] 1.0"),
        Life("c:pending u:failed u:done", "failed 1+2 [two_terminals contradictory_terminals] 1.0"),
        Life("c:pending u:done u:in_progress", "done 1+2 [after_terminal_update] 1.0"),
        Life("c:pending u:done c:in_progress", "done 2+1 [redelivered_after_done] 1.0"),
        Life(
            "c:pending u:done c:pending u:in_progress u:done",
            "done 2+3 [after_terminal_update two_terminals redelivered_after_done] 1.0"),
        Life("c:pending u:exploded", "pending 1+1 [unknown_status]"),
        Life("c:pending u:aborted", "failed 1+1 [unexpected_status] 1.0"),
        Life("c:pending u:scheduled", "pending 1+1 [unexpected_status]"),
        Life("c:pending u:", "pending 1+1 [missing_status]"),
        Life("c:done", "done 1+0 [unexpected_status]"),
    ])
    func `a life is told`(_ life: Life) throws {
        let tape = try TestTape()
        for (second, message) in life.messages.enumerated() {
            let status = String(message.dropFirst(2))
            let member = status.isEmpty ? "" : #","status":"\#(status)""#
            if message.hasPrefix("c") {
                tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot"\#(member)}"#, at: Double(second))
            } else {
                tape.add("v1/device/A/commands/update", #"{"id":"1"\#(member)}"#, at: Double(second))
            }
        }
        let rows = try answer(tape).rows
        #expect(rows.map(\.text) == [life.expected])
        #expect(rows.first?.match == (life.expected.contains("+0") || life.expected.contains("0+") ? nil : .id))
    }

    @Test func `numbers and texts are the same id, other spellings are not`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":50,"name":"a"}"#, at: 1)
        tape.add("v1/device/A/commands/update", #"{"id":"50","status":"done"}"#, at: 2)
        tape.add("v1/device/A/commands", #"{"id":"caf\u00e9","name":"b"}"#, at: 3)
        tape.add("v1/device/A/commands/update", #"{"id":"cafe\u0301","status":"done"}"#, at: 4)
        #expect(
            try answer(tape).rows.map(\.text) == [
                "done 1+1 [] 1.0", "pending 1+0 []", "done 0+1 [update_without_command]",
            ])
    }

    @Test func `the same id on two devices is two commands`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"a"}"#, at: 1)
        tape.add("v1/device/B/command", #"{"id":"1","name":"a"}"#, at: 2)
        tape.add("v1/device/B/commands/update", #"{"id":"1","status":"done"}"#, at: 3)
        #expect(try answer(tape).rows.map(\.text) == ["pending 1+0 []", "done 1+1 [] 1.0"])
    }

    @Test func `an update without id finds the only open command`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"a"}"#, at: 1)
        tape.add("v1/device/A/commands/update", #"{"status":"done"}"#, at: 2)
        tape.add("v1/device/A/commands/update", #"{"status":"done"}"#, at: 3)
        let rows = try answer(tape).rows
        #expect(
            rows.map(\.text) == [
                "done 1+1 [missing_id] 1.0", "done 0+1 [update_without_command missing_id]",
            ])
        #expect(rows.map(\.match) == [.inferred, nil])
    }

    @Test func `an update without id belongs to none of several open commands`() throws {
        let tape = try TestTape()
        for id in ["1", "2"] { tape.add("v1/device/A/commands", #"{"id":"\#(id)","name":"a"}"#, at: 1) }
        tape.add("v1/device/A/commands/update", #"{"status":"done"}"#, at: 2)
        #expect(
            try answer(tape).rows.map(\.text) == [
                "pending 1+0 []", "pending 1+0 []", "done 0+1 [update_without_command missing_id]",
            ])
    }

    @Test func `correlation data stand in for the id`() throws {
        let tape = try TestTape()
        for id in ["1", "2"] { tape.add("v1/device/A/commands", #"{"id":"\#(id)","name":"a"}"#, at: 1) }
        tape.add(
            "v1/device/A/commands/update", #"{"status":"done"}"#, at: 2,
            properties: [.correlationData(Array("2".utf8))])
        tape.add(
            "v1/device/A/commands", #"{"id":"3","name":"a"}"#, at: 3, properties: [.correlationData([0xff, 0])])
        tape.add(
            "v1/device/A/commands/update", #"{"status":"done"}"#, at: 4, properties: [.correlationData([0xff, 0])])
        let rows = try answer(tape).rows
        #expect(rows.map(\.state) == [.pending, .done, .done])
        #expect(rows.map(\.match) == [nil, .correlation, .correlation])
    }

    @Test func `children's commands are theirs, and their parent finds them`() throws {
        let tape = try TestTape()
        tape.add(
            "v1/device/P/command/children",
            #"[{"id":"1","device_id":"C1","name":"a"},{"id":"2","device_id":"C2","name":"a"}]"#, at: 1)
        tape.add("v1/device/P/commands/update", #"{"id":"1","device_id":"C1","status":"done"}"#, at: 2)
        tape.add("v1/device/P/commands/update", #"{"id":"2","status":"failed"}"#, at: 3)
        let all = try answer(tape).rows
        #expect(all.map { $0.device?.text } == ["C1", "C2"])
        #expect(all.map(\.state) == [.done, .failed])
        var selection = Selection()
        selection.devices = ["C2"]
        #expect(try answer(tape, selection).rows.map(\.text) == ["failed 1+1 [] 2.0"])
        selection.devices = ["P"]
        #expect(try answer(tape, selection).rows.count == 2)
        selection.devices = ["X"]
        #expect(try answer(tape, selection).rows.isEmpty)
    }

    @Test func `nothing pending is no command and no mistake`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", "{}")
        tape.add("v1/device/A/command/children", "[]")
        tape.add("v1/device/A/commands", "not json")
        let answer = try answer(tape)
        #expect(answer.rows.isEmpty)
        #expect(answer.unreadable == 1)
    }

    @Test func `the window chooses commands, their lives are told from the beginning to its end`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"a"}"#, at: 1)
        tape.add("v1/device/A/commands", #"{"id":"2","name":"a"}"#, at: 2)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"in_progress"}"#, at: 10)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done"}"#, at: 20)
        var selection = Selection()
        selection.since = TestTape.time(5)
        selection.until = TestTape.time(15)
        let rows = try answer(tape, selection).rows
        #expect(rows.map(\.text) == ["in_progress 1+1 []"])
        #expect(rows.first?.firstSeen == TestTape.time(1))
        #expect(rows.first?.openFor == TestTape.nanoseconds(14))
    }

    @Test func `states, names and ids choose rows`() throws {
        let tape = try TestTape()
        for (id, name) in [("1", "reboot"), ("2", "update_firmware"), ("3", "reboot")] {
            tape.add("v1/device/A/commands", #"{"id":"\#(id)","name":"\#(name)"}"#, at: 1)
        }
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done","message":"fine"}"#, at: 2)
        var query = CommandsQuery(Selection())
        query.states = [.pending, .inProgress]
        query.names = [Glob("re*")]
        #expect(try query.answer(try tape.reader(), openUntil: TestTape.time(9)).rows.map(\.id) == ["3"])
        query.states = []
        query.ids = ["1"]
        let rows = try query.answer(try tape.reader(), openUntil: TestTape.time(9)).rows
        #expect(rows.map(\.message) == ["fine"])
        #expect(rows.map(\.rawStatus) == ["done"])
    }

    @Test func `slow commands are those that took longer, or have been open for longer`() throws {
        let tape = try TestTape()
        for (second, id) in ["quick", "slow", "open"].enumerated() {
            tape.add("v1/device/A/commands", #"{"id":"\#(id)","name":"n"}"#, at: Double(second))
        }
        tape.add("v1/device/A/commands/update", #"{"id":"quick","status":"done"}"#, at: 5)
        tape.add("v1/device/A/commands/update", #"{"id":"slow","status":"done"}"#, at: 6.5)
        tape.add("v1/device/A/commands/update", #"{"id":"unseen","status":"done"}"#, at: 50)
        tape.add("v1/device/A/commands", #"{"id":"young","name":"n"}"#, at: 95)
        var query = CommandsQuery(Selection())
        query.slowerThan = TestTape.nanoseconds(5)
        let rows = try query.answer(try tape.reader(), openUntil: TestTape.time(100)).rows
        #expect(rows.map(\.id) == ["slow", "open"])
        let summary = try query.summary(try tape.reader(), openUntil: TestTape.time(100)).rows
        #expect(summary.map { [$0.count, $0.done, $0.open] } == [[2, 1, 1]])
        // The window ends before the open ones are that old.
        query.selection.until = TestTape.time(7)
        #expect(
            try query.answer(try tape.reader(), openUntil: TestTape.time(100)).rows.map(\.id) == ["slow"])
    }

    @Test func `odd commands are chosen, also for the summary`() throws {
        let tape = try TestTape()
        for id in ["1", "2"] { tape.add("v1/device/A/commands", #"{"id":"\#(id)","name":"n"}"#, at: 1) }
        for id in ["1", "2", "2", "3"] {
            tape.add("v1/device/A/commands/update", #"{"id":"\#(id)","status":"done"}"#, at: 2)
        }
        var query = CommandsQuery(Selection())
        query.isAnomalousOnly = true
        #expect(
            try query.answer(try tape.reader(), openUntil: TestTape.time(9)).rows.map(\.anomalies) == [
                [.twoTerminals], [.updateWithoutCommand],
            ])
        #expect(
            try query.summary(try tape.reader(), openUntil: TestTape.time(9)).rows.map(\.count).reduce(0, +) == 2)
    }

    @Test func `commands that began before the window or the session are counted`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"n"}"#, at: 1)
        try tape.end(at: 2)
        try tape.beginSession(wall: 10)
        tape.add("v1/device/A/commands", #"{"id":"2","name":"n"}"#, at: 1)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done"}"#, at: 2)
        try tape.end(at: 20)
        var selection = Selection()
        selection.sessions = [2]
        #expect(try answer(tape, selection).beganBefore == 1)
        selection = Selection()
        selection.since = TestTape.time(5)
        #expect(try answer(tape, selection).beganBefore == 1)
        #expect(try answer(tape).beganBefore == 0)
    }

    @Test func `in a session that has ended a command was open until its end`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"n"}"#, at: 1)
        try tape.end(at: 4)
        try tape.beginSession(wall: 50)
        var selection = Selection()
        selection.sessions = [1]
        #expect(try answer(tape, selection).rows.map(\.openFor) == [TestTape.nanoseconds(3)])
    }

    @Test func `commands without id are repeats of the open one of the same name`() throws {
        let tape = try TestTape()
        for (second, name) in ["a", "b", "a"].enumerated() {
            tape.add("v1/device/A/commands", #"{"name":"\#(name)"}"#, at: Double(second))
        }
        #expect(try answer(tape).rows.map(\.deliveries) == [2, 1])
    }

    @Test func `a hundred thousand commands that nobody answers are no trouble`() throws {
        let tape = try TestTape()
        for id in 0..<100_000 { tape.add("v1/device/A/commands", #"{"id":\#(id),"name":"n"}"#, at: Double(id) / 1000) }
        tape.add("v1/device/A/commands/update", #"{"status":"done"}"#, at: 200)
        let rows = try answer(tape).rows
        #expect(rows.count == 100_001)
        #expect(rows.last?.anomalies == [.updateWithoutCommand, .missingID])
    }

    @Test func `correlation data that is one command's id and another's correlation data points to the id`() throws {
        let tape = try TestTape()
        let one = [PublishProperty.correlationData(Array("1".utf8))]
        tape.add("v1/device/A/commands", #"{"id":"1","name":"a"}"#, at: 1, properties: one)
        tape.add("v1/device/A/commands", #"{"id":"2","name":"b"}"#, at: 2, properties: one)
        tape.add("v1/device/A/commands/update", #"{"status":"done"}"#, at: 3, properties: one)
        let rows = try answer(tape).rows
        #expect(rows.map(\.state) == [.done, .pending])
        #expect(rows.map(\.match) == [.correlation, nil])
    }

    @Test func `durations within a session do not follow steps of the wall clock`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"a"}"#, at: 1)
        try tape.stepClock(by: -3600)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done"}"#, at: 3)
        let row = try #require(try answer(tape).rows.first)
        #expect(row.duration == TestTape.nanoseconds(2))
        #expect(row.endedAt == TestTape.time(3 - 3600))
    }

    @Test func `across sessions wall time counts`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"a"}"#, at: 1000)
        try tape.beginSession(wall: 2000, monotonic: 5)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done"}"#, at: 10)
        #expect(try answer(tape).rows.map(\.duration) == [TestTape.nanoseconds(1005)])
        var selection = Selection()
        selection.sessions = [1]
        #expect(try answer(tape, selection).rows.map(\.state) == [.pending])
        selection.sessions = [2]
        #expect(try answer(tape, selection).rows.map(\.state) == [.done])
    }

    @Test func `an update finds the command of its own device beside a child's of the same id`() throws {
        let tape = try TestTape()
        tape.add("v1/device/P/commands", #"{"id":"k","status":"pending","name":"reboot"}"#, at: 1)
        tape.add("v1/device/P/command/children", #"[{"id":"k","device_id":"child","name":"reboot"}]"#, at: 2)
        tape.add("v1/device/P/commands/update", #"{"id":"k","status":"done"}"#, at: 3)
        let rows = try answer(tape).rows
        #expect(rows.map { "\($0.device?.text ?? "") \($0.state.rawValue)" } == ["P done", "child pending"])
    }

    @Test func `a delivery without device does not belong to the child whose command has the same id`() throws {
        let tape = try TestTape()
        tape.add("v1/device/P/command/children", #"[{"id":"k","device_id":"child","name":"reboot"}]"#, at: 1)
        tape.add("v1/device/P/commands", #"{"id":"k","name":"lamp"}"#, at: 2)
        #expect(try answer(tape).rows.map(\.name) == ["reboot", "lamp"])
    }

    @Test func `an undocumented status of a delivery is shown as it is`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"a","status":"weird"}"#, at: 1)
        let row = try #require(try answer(tape).rows.first)
        #expect(row.rawStatus == "weird")
        #expect(row.state == .pending)
    }

    @Test(arguments: ["[{}]", #"[{"error":"x"}]"#, "{}", #"{"error":"x"}"#])
    func `nothing, or an error, is no command`(payload: String) throws {
        let tape = try TestTape()
        tape.add("v1/device/A/command/children", payload, at: 1)
        #expect(try answer(tape).rows.isEmpty)
    }

    @Test func `a redelivered packet is not a second delivery`() throws {
        let tape = try TestTape()
        let first = tape.add("v1/device/A/commands", #"{"id":"1","name":"a"}"#, at: 1)
        tape.add("v1/device/A/commands", #"{"id":"1","name":"a"}"#, at: 2, dup: true, duplicateOf: first)
        let answer = try answer(tape)
        #expect(answer.rows.map(\.deliveries) == [1])
        #expect(answer.duplicates == 1)
    }

    private func answer(_ tape: TestTape, _ selection: Selection = Selection()) throws -> CommandsAnswer {
        try CommandsQuery(selection).answer(try tape.reader(), openUntil: TestTape.time(100))
    }
}

extension CommandRow {
    fileprivate var text: String {
        let anomalies = anomalies.map(\.word).joined(separator: " ")
        let took = duration.map { " \(Double($0) / 1e9)" } ?? ""
        return "\(state.rawValue) \(deliveries)+\(updates) [\(anomalies)]\(took)"
    }
}
