import DeviceProtocol
import MQTTWire
import Testing

@testable import Replay

struct CommandGateTests {
    private func answer(_ id: String, _ name: String = "reboot", ordinal: Int = 0, delay: Int64 = 100) -> RecordedAnswer
    {
        RecordedAnswer(commandID: id, name: name, ordinal: ordinal, delay: delay)
    }

    private func cue(_ sequence: Int64, _ id: String, status: String = "done", device: String = "a") -> Cue {
        var message = OutgoingMessage.sample(sequence)
        message.topic = "v1/device/\(device)/commands/update"
        message.payload = Array(#"{ "id" : "\#(id)","status":"\#(status)" }"#.utf8)
        message.properties = PublishProperties([
            .correlationData(Array(id.utf8)), .userProperty(name: "device_id", value: device),
        ])
        return Cue(message)
    }

    private func command(_ id: String, _ name: String = "reboot", device: String = "a") -> Commands.Reference {
        Commands.Reference(device: .init(device), id: id, name: name)
    }

    private func payloads(_ gate: inout CommandGate, at now: Int64) -> [String] {
        var payloads: [String] = []
        while let release = gate.next(at: now) {
            payloads.append(String(decoding: release.cue.message.payload, as: UTF8.self))
        }
        return payloads
    }

    @Test func `an answer waits for its command, then for its delay, and carries the new id`() throws {
        var gate = CommandGate()
        gate.hold(cue(1, "old"), answer("old"), of: "a", at: 0, scaled: { $0 })
        #expect(gate.next(at: .max)?.due == nil)
        gate.arrived(command("new"), at: 1_000, scaled: { $0 })
        #expect(gate.nextRelease == 1_100)
        #expect(gate.next(at: 1_099)?.due == nil)
        let next = gate.next(at: 1_100)
        let release = try #require(next)
        #expect(String(decoding: release.cue.message.payload, as: UTF8.self) == #"{ "id" : "new","status":"done" }"#)
        #expect(release.cue.message.properties.correlationData == Array("new".utf8))
        #expect(gate.isEmpty)
    }

    @Test func `a command that came before its answer was read counts too, and the delay follows the rate`() {
        var gate = CommandGate()
        gate.arrived(command("new"), at: 1_000, scaled: { $0 / 10 })
        gate.hold(cue(1, "old"), answer("old"), of: "a", at: 5_000, scaled: { $0 / 10 })
        #expect(gate.nextRelease == 1_010)
    }

    @Test func `commands of one name are told apart by their order and a redelivery is none of its own`() {
        var gate = CommandGate()
        gate.hold(cue(1, "one"), answer("one", ordinal: 0), of: "a", at: 0, scaled: { $0 })
        gate.hold(cue(2, "two"), answer("two", ordinal: 1), of: "a", at: 0, scaled: { $0 })
        gate.arrived(command("x"), at: 0, scaled: { $0 })
        gate.arrived(command("x"), at: 1, scaled: { $0 })
        #expect(gate.waiting == 1)
        gate.arrived(command("y"), at: 50, scaled: { $0 })
        #expect(payloads(&gate, at: 1_000).map { $0.contains("\"x\"") } == [true, false])
        #expect(gate.commandsSeen == 2)
    }

    @Test func `an answer that a device gives for its child belongs to a command of the child`() {
        var message = OutgoingMessage.sample(1)
        message.topic = "v1/device/parent/commands/update"
        message.payload = Array(#"{"id":"i","status":"done","device_id":"child"}"#.utf8)
        #expect(Commands.addressee(of: message) == "child")
        message.payload = Array(#"{"id":"i","status":"done"}"#.utf8)
        #expect(Commands.addressee(of: message) == "parent")
    }

    @Test func `another device, another name and another spelling are other commands`() {
        var gate = CommandGate()
        gate.hold(cue(1, "one"), answer("one"), of: "a", at: 0, scaled: { $0 })
        gate.arrived(command("x", device: "b"), at: 0, scaled: { $0 })
        gate.arrived(command("y", "Reboot"), at: 0, scaled: { $0 })
        #expect(gate.waiting == 1)
        #expect(gate.nextRelease == nil)
    }

    @Test func `several answers to one command leave in their order`() {
        var gate = CommandGate()
        gate.hold(cue(1, "old", status: "in_progress"), answer("old", delay: 10), of: "a", at: 0, scaled: { $0 })
        gate.hold(cue(2, "old", status: "done"), answer("old", delay: 500), of: "a", at: 0, scaled: { $0 })
        gate.hold(cue(3, "old", status: "again"), answer("old", delay: 500), of: "a", at: 0, scaled: { $0 })
        gate.arrived(command("new"), at: 0, scaled: { $0 })
        #expect(payloads(&gate, at: 100).count == 1)
        let rest = payloads(&gate, at: 500)
        #expect(rest.map { $0.contains("done") } == [true, false])
    }

    @Test func `an answer whose command does not come is given up in time`() {
        var gate = CommandGate()
        gate.hold(cue(7, "old"), answer("old"), of: "a", at: 0, scaled: { $0 })
        gate.hold(cue(8, "other"), answer("other", "dump"), of: "a", at: 50, scaled: { $0 })
        #expect(gate.expire(at: 99, timeout: 100, due: { $1 }).isEmpty)
        let expired = gate.expire(at: 100, timeout: 100, due: { $1 })
        #expect(expired.map(\.answer.commandID) == ["old"])
        #expect(gate.waiting == 1)
        // Nothing is ever due while the schedule stands still.
        #expect(gate.expire(at: .max, timeout: 100, due: { _, _ in .max }).isEmpty)
        #expect(gate.expire(at: 200, timeout: 100, due: { $1 }).count == 1)
        #expect(gate.isEmpty)
    }

    @Test func `no more is held than there is room for`() {
        var gate = CommandGate(limits: .init(answers: 2, bytes: 1 << 20, commands: 1))
        for number in 0..<2 {
            #expect(gate.hasRoom)
            gate.hold(
                cue(Int64(number), "\(number)"), answer("\(number)", ordinal: number), of: "a", at: 0, scaled: { $0 })
        }
        #expect(!gate.hasRoom)
        gate.arrived(command("x"), at: 0, scaled: { $0 })
        gate.arrived(command("y"), at: 0, scaled: { $0 })
        #expect(gate.commandsBeyondLimit == 1)
        _ = gate.next(at: 1_000)
        #expect(gate.hasRoom)
    }

    @Test(arguments: [
        (#"{"id":"old","message":"old"}"#, #"{"id":"n\"w","message":"n\"w"}"#),
        (#"{"id":"old","note":"not old"}"#, #"{"id":"n\"w","note":"not old"}"#),
        (#"{"old":1,"id":"\u006fld"}"#, #"{"old":1,"id":"n\"w"}"#),
    ])
    func `only values that are the id are replaced`(payload: String, expected: String) {
        var message = cue(1, "old").message
        message.payload = Array(payload.utf8)
        AnswerRewriting.apply(to: &message, newID: "n\"w")
        #expect(String(decoding: message.payload, as: UTF8.self) == expected)
    }

    @Test func `nothing is left of a gate that was cleared but what the target sent`() {
        var gate = CommandGate(limits: .init(answers: 2, bytes: 1 << 20, commands: 10))
        gate.hold(cue(1, "one"), answer("one"), of: "a", at: 0, scaled: { $0 })
        gate.hold(cue(2, "two"), answer("two", "dump"), of: "a", at: 0, scaled: { $0 })
        gate.arrived(command("x"), at: 0, scaled: { $0 })
        #expect(gate.waiting == 1 && gate.nextRelease != nil && !gate.hasRoom)
        gate.clear()
        #expect(gate.isEmpty && gate.waiting == 0 && gate.nextRelease == nil && gate.hasRoom)
        gate.arrived(command("y", "dump"), at: 0, scaled: { $0 })
        #expect(gate.next(at: .max)?.due == nil)
        #expect(gate.expire(at: .max, timeout: 0, due: { $1 }).isEmpty)
        // An answer to a command that came before finds it.
        gate.hold(cue(3, "two"), answer("two", "dump"), of: "a", at: 0, scaled: { $0 })
        #expect(gate.nextRelease == 100)
    }

    @Test(arguments: [
        (#"{"id":7,"n":7,"s":"7"}"#, "12", #"{"id":12,"n":12,"s":"12"}"#),
        (#"{"id":7,"n":70}"#, "x-1", #"{"id":"x-1","n":70}"#), (#"{"id":"7"}"#, "12", #"{"id":"12"}"#),
    ])
    func `an id that is a number becomes a number where the new one is one`(
        payload: String, new: String, expected: String
    ) {
        var message = cue(1, "7").message
        message.payload = Array(payload.utf8)
        AnswerRewriting.apply(to: &message, newID: new)
        #expect(String(decoding: message.payload, as: UTF8.self) == expected)
    }

    @Test(arguments: ["n/w", "n+", "#", "n\0w"])
    func `an id that would make another topic does not get into the response topic`(new: String) {
        var message = cue(1, "old").message
        message.properties = PublishProperties([.responseTopic("x/old"), .correlationData(Array("old".utf8))])
        AnswerRewriting.apply(to: &message, newID: new)
        #expect(message.properties.list == [.responseTopic("x/old"), .correlationData(Array(new.utf8))])
    }

    @Test(arguments: [
        ("\u{FEFF}{\"id\":\"old\"}\r\n\0\0", "n-1", "\u{FEFF}{\"id\":\"n-1\"}\r\n\0\0"),
        (#""{\"id\":\"old\",\"m\":\"an old\"}""#, "n-1", #""{\"id\":\"n-1\",\"m\":\"an old\"}""#),
        (#""{\"id\":\"\\u006fld\"}""#, "n\"w", #""{\"id\":\"n\\\"w\"}""#),
    ])
    func `the id is found in whatever decoding sees through`(payload: String, new: String, expected: String) throws {
        var message = cue(1, "old").message
        message.payload = Array(payload.utf8)
        AnswerRewriting.apply(to: &message, newID: new)
        #expect(String(decoding: message.payload, as: UTF8.self) == expected)
        let topic = DeviceTopic.parse(message.topic)
        #expect(Commands.answered(message.payload, PublishProperties(), topic)?.id == new)
    }

    @Test(arguments: ["{\"id\":\"old\"} trailing", "\"old\"", "", "[1,"])
    func `what is no answer stays as it is`(payload: String) {
        var message = cue(1, "old").message
        message.payload = Array(payload.utf8)
        let properties = message.properties
        AnswerRewriting.apply(to: &message, newID: "new")
        #expect(message.payload == Array(payload.utf8))
        #expect(message.properties == properties)
    }

    @Test func `a command without id or name, and an answer to nothing, are tied to nothing`() {
        let commands = #"[{"id":"1"},{"name":"reboot"},{"id":"2","name":"dump"}]"#
        let topic = DeviceTopic.parse("v1/device/a/commands")
        #expect(Commands.decode(Array(commands.utf8), topic).map(\.id) == ["2"])
        let update = DeviceTopic.parse("v1/device/a/commands/update")
        let payload = Array(#"{"status":"done"}"#.utf8)
        #expect(Commands.answered(payload, PublishProperties(), update)?.id == nil)
        // Correlation data that is no text is no id.
        #expect(Commands.answered(payload, PublishProperties([.correlationData([0xff])]), update)?.id == nil)
    }

    @Test func `an id that only the correlation data has is replaced there, and topics by whole levels`() {
        var message = cue(1, "old").message
        message.payload = Array("{}".utf8)
        message.properties = PublishProperties([
            .correlationData(Array("old".utf8)), .responseTopic("x/old/older"),
            .userProperty(name: "old", value: "old"),
        ])
        AnswerRewriting.apply(to: &message, newID: "new")
        #expect(
            message.properties.list == [
                .correlationData(Array("new".utf8)), .responseTopic("x/new/older"),
                .userProperty(name: "old", value: "new"),
            ])
    }

    @Test func `the tape ties answers to commands by device and id`() {
        var table = AnswerTable()
        func message(_ topic: String, _ payload: String, at time: Int64, _ properties: [PublishProperty] = [])
            -> RecordedAnswer?
        {
            table.note(SampleTape.message(topic, at: time, payload: payload, properties))
        }
        #expect(message("v1/device/a/commands", #"{"id":"1","name":"reboot"}"#, at: 0) == nil)
        #expect(message("v1/device/a/commands", #"{"id":"1","name":"reboot"}"#, at: 5) == nil)
        #expect(message("v1/device/a/command", #"{"id":2,"name":"reboot"}"#, at: 10) == nil)
        #expect(
            message("v1/device/a/commands/update", #"{"id":"1","status":"done"}"#, at: 30)
                == RecordedAnswer(commandID: "1", name: "reboot", ordinal: 0, delay: 30))
        #expect(
            message("v1/device/a/commands/update", #"{"status":"done"}"#, at: 40, [.correlationData([0x32])])
                == RecordedAnswer(commandID: "2", name: "reboot", ordinal: 1, delay: 30))
        #expect(message("v1/device/b/commands/update", #"{"id":"1","status":"done"}"#, at: 50) == nil)
        #expect(message("v1/device/a/telemetry", #"{"id":"1"}"#, at: 60) == nil)
        table.beginRound()
        #expect(message("v1/device/a/commands", #"{"id":"1","name":"reboot"}"#, at: 100) == nil)
        #expect(message("v1/device/a/commands/update", #"{"id":"1"}"#, at: 101)?.ordinal == 2)
    }
}
