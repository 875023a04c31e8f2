import DeviceProtocol
import MQTTWire
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct CommandStoryTests {
    @Test func `every message of a life is told with what it was to the command`() throws {
        let tape = try TestTape()
        let first = tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot","status":"pending"}"#, at: 1)
        tape.add(
            "v1/device/A/commands", #"{"id":"1","name":"reboot","status":"pending"}"#, at: 2, dup: true,
            duplicateOf: first)
        tape.add("v1/device/A/commands", #"{"id":"2","name":"other"}"#, at: 3)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"in-progress","message":"going"}"#, at: 4)
        tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot","status":"in_progress"}"#, at: 5)
        tape.add(
            "v1/device/A/commands/update", #"{"status":"done"}"#, at: 6,
            properties: [.correlationData(Array("1".utf8))])
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"failed"}"#, at: 7)
        let answer = try answer(tape, ["1"])
        #expect(answer.events.map(\.kind) == [.delivery, .duplicate, .update, .redelivery, .update, .update])
        #expect(answer.events.map(\.sequence) == [1, 2, 4, 5, 6, 7])
        #expect(answer.events.map(\.state) == [.pending, nil, .inProgress, .inProgress, .done, .done])
        #expect(answer.events.map(\.match) == [nil, nil, .id, .id, .correlation, .id])
        #expect(
            answer.events.map(\.anomalies) == [
                [], [], [], [], [.missingID], [.twoTerminals, .contradictoryTerminals],
            ])
        #expect(answer.events.map { $0.elapsed.map { $0 / 1_000_000_000 } } == [0, nil, 3, 4, 5, 6])
        #expect(answer.events[2].rawStatus == "in-progress")
        #expect(answer.events[2].message == "going")
        #expect(answer.events[4].evidence == "the correlation data `1`")
        #expect(answer.commands.map(\.state) == [.done])
        #expect(answer.otherIDs == ["2"])
    }

    @Test func `an update that is matched by inference is part of the story`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot"}"#, at: 1)
        tape.add("v1/device/A/commands/update", #"{"status":"done"}"#, at: 2)
        let events = try answer(tape, ["1"]).events
        #expect(events.map(\.match) == [nil, .inferred])
        #expect(events.last?.evidence == "no id: the only command that the device had open")
    }

    @Test func `the same id on two devices is two stories, and a device chooses one`() throws {
        let tape = try TestTape()
        for device in ["A", "B"] { tape.add("v1/device/\(device)/commands", #"{"id":"1","name":"n"}"#, at: 1) }
        #expect(try answer(tape, ["1"]).commands.count == 2)
        var selection = Selection()
        selection.devices = ["B"]
        #expect(try answer(tape, ["1"], selection).events.map { $0.device?.text } == ["B"])
    }

    @Test func `a window shows whole lives, told to its end`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"n"}"#, at: 1)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"in_progress"}"#, at: 10)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done"}"#, at: 20)
        var selection = Selection()
        selection.since = TestTape.time(5)
        selection.until = TestTape.time(15)
        let answer = try answer(tape, ["1"], selection)
        #expect(answer.events.map(\.sequence) == [1, 2])
        #expect(answer.commands.map(\.openFor) == [TestTape.nanoseconds(14)])
        selection.since = TestTape.time(12)
        #expect(try self.answer(tape, ["1"], selection).events.isEmpty)
    }

    private func answer(
        _ tape: TestTape, _ ids: [String], _ selection: Selection = Selection()
    ) throws -> CommandStoryQuery.Answer {
        try CommandStoryQuery(selection, ids: ids).answer(try tape.reader(), openUntil: TestTape.time(100))
    }
}
