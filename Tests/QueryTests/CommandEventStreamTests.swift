import DeviceProtocol
import MQTTWire
import Tape
import TapeTestSupport
import Testing

@testable import Query

@Suite struct CommandEventStreamTests {
    @Test func `messages that come later are told with the life before them`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot"}"#, at: 1)
        let reader = try tape.reader()
        var stream = try CommandEventStream(reader, CommandsQuery(Selection()))
        #expect(try stream.next()?.kind == .delivery)
        #expect(try stream.next() == nil)
        tape.add("v1/device/A/commands/update", #"{"status":"done"}"#, at: 5)
        try tape.commit()
        try stream.scan.suspend()
        try reader.refresh()
        try stream.scan.resume(on: reader)
        let event = try #require(try stream.next())
        #expect(event.id == "1")
        #expect(event.state == .done)
        #expect(event.match == .inferred)
        #expect(event.elapsed == TestTape.nanoseconds(4))
        #expect(try stream.next() == nil)
    }

    @Test func `the window chooses what is shown, not what is known`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot"}"#, at: 1)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done"}"#, at: 9)
        var selection = Selection()
        selection.since = TestTape.time(5)
        var stream = try CommandEventStream(try tape.reader(), CommandsQuery(selection))
        let event = try #require(try stream.next())
        #expect(event.name == "reboot")
        #expect(event.kind == .update)
        #expect(try stream.next() == nil)
    }

    @Test func `names, states, ids and oddities choose messages`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot"}"#, at: 1)
        tape.add("v1/device/A/commands", #"{"id":"2","name":"dump"}"#, at: 2)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"failed"}"#, at: 3)
        tape.add("v1/device/A/commands/update", #"{"id":"1","status":"done"}"#, at: 4)
        tape.add("v1/device/A/commands/update", #"{"id":"2","status":"done"}"#, at: 5)
        func sequences(_ choose: (inout CommandsQuery) -> Void) throws -> [Int64] {
            var query = CommandsQuery(Selection())
            choose(&query)
            var stream = try CommandEventStream(try tape.reader(), query)
            var found: [Int64] = []
            while let event = try stream.next() { found.append(event.sequence) }
            return found
        }
        #expect(try sequences { _ in } == [1, 2, 3, 4, 5])
        #expect(try sequences { $0.names = [Glob("du*")] } == [2, 5])
        #expect(try sequences { $0.states = [.failed] } == [3, 4])
        #expect(try sequences { $0.ids = ["2"] } == [2, 5])
        #expect(try sequences { $0.isAnomalousOnly = true } == [4])
    }
}
