import DeviceProtocol
import MQTTWire
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct StateBeforeTests {
    private func state(
        _ tape: TestTape, at second: Double, reach: Double = 86_400, _ selection: Selection = Selection()
    ) throws -> [Int64] {
        let before = StateBefore(selection, at: TestTape.time(second), reach: TestTape.nanoseconds(reach))
        return try before.answer(try tape.reader()).messages.map(\.sequence)
    }

    @Test func `of telemetry the messages come along from which the state is put together`() throws {
        let tape = try TestTape()
        let topic = "v1/device/d/telemetry"
        tape.add(topic, #"{"telemetries":{"a":1,"b":1}}"#, at: 1)
        tape.add(topic, #"{"telemetries":{"x":1},"override":true}"#, at: 2)
        tape.add(topic, #"{"telemetries":{"a":1}}"#, at: 3)
        tape.add(topic, #"{"telemetries":{"a":2}}"#, at: 4)
        tape.add(topic, #"{"telemetries":{"b":null}}"#, at: 5)
        tape.add(topic, #"{"status":"online","telemetries":{"a":3}}"#, at: 6)
        tape.add(topic, #"{"telemetries":{}}"#, at: 7)
        tape.add(topic, #"{"telemetries":{"a":9}}"#, at: 50)
        #expect(try state(tape, at: 20) == [2, 5, 6, 7])
        #expect(try state(tape, at: 2) == [1])
        #expect(try state(tape, at: 3) == [2])
        #expect(try state(tape, at: 1) == [])
    }

    @Test func `a silent device is found at any distance, also across windows`() throws {
        let tape = try TestTape()
        tape.add("v1/device/old/telemetry", #"{"telemetries":{"a":1}}"#, at: 1)
        tape.add("v1/device/old/telemetry", #"{"telemetries":{"b":1}}"#, at: 2)
        for hour in 1..<80 {
            tape.add("v1/device/new/telemetry", #"{"telemetries":{"t":\#(hour)}}"#, at: Double(hour) * 3_600)
        }
        #expect(try state(tape, at: 300_000) == [1, 2, 81])
        var selection = Selection()
        selection.devices = ["old"]
        #expect(try state(tape, at: 300_000, selection) == [1, 2])
    }

    @Test func `telemetry is followed as far as the reach`() throws {
        let tape = try TestTape()
        tape.add("v1/device/d/telemetry", #"{"telemetries":{"rare":1}}"#, at: 1)
        tape.add("v1/device/d/telemetry", #"{"telemetries":{"t":1}}"#, at: 200_000)
        #expect(try state(tape, at: 200_001, reach: 300_000) == [1, 2])
        let before = StateBefore(Selection(), at: TestTape.time(200_001), reach: TestTape.nanoseconds(3_600))
        let answer = try before.answer(try tape.reader())
        #expect(answer.messages.map(\.sequence) == [2] && answer.unsettledDevices == 1)
    }

    @Test func `a parent's topic is followed until all that speak there are known`() throws {
        let tape = try TestTape()
        let topic = "v1/device/hub/telemetry"
        tape.add(topic, #"{"device_id":"child","telemetries":{"rare":1}}"#, at: 1)
        tape.add(topic, #"{"override":true,"telemetries":{"t":1}}"#, at: 9_000)
        tape.add(topic, #"{"device_id":"child","telemetries":{"t":1}}"#, at: 9_001)
        #expect(try state(tape, at: 9_010) == [1, 2, 3])
        let before = StateBefore(Selection(), at: TestTape.time(9_010), reach: TestTape.nanoseconds(86_400))
        #expect(try before.answer(try tape.reader()).unsettledDevices == 0)
    }

    @Test func `of facts the last holds, by device`() throws {
        let tape = try TestTape()
        for (index, kind) in ["config", "config/update", "space_info", "firmware", "config", "firmware"].enumerated() {
            tape.add("v1/device/a/\(kind)", #"{"version":\#(index)}"#, at: Double(index))
        }
        tape.add("v1/device/b/config", "{}", at: 7)
        tape.add("v1/device/a/update", #"{"name":"n","firmware_version":"1"}"#, at: 8)
        tape.add("v1/device/a/update", #"{"firmware_version":"2"}"#, at: 9)
        tape.add("v1/device/a/update", #"{"firmware_version":"3"}"#, at: 10)
        tape.add("v1/device/a/incidents", "[]", at: 11)
        #expect(try state(tape, at: 20) == [2, 3, 5, 6, 7, 8, 10])
        var selection = Selection()
        selection.kinds = [.config]
        #expect(try state(tape, at: 20, selection) == [5, 7])
    }

    @Test func `commands that have not ended come along with their updates`() throws {
        let tape = try TestTape()
        let (down, up) = ("v1/device/d/commands", "v1/device/d/commands/update")
        tape.add(down, #"{"id":"1","name":"a"}"#, at: 1)
        tape.add(down, #"[{"id":"2","name":"b"},{"id":"3","name":"c"}]"#, at: 2)
        tape.add(up, #"{"id":"1","status":"in_progress"}"#, at: 3)
        tape.add(up, #"{"id":"2","status":"in_progress"}"#, at: 4)
        tape.add(up, #"{"id":"2","status":"done"}"#, at: 5)
        tape.add(down, #"{"id":"2","name":"b"}"#, at: 6)
        tape.add(up, #"{"id":"1","status":"done"}"#, at: 30)
        #expect(try state(tape, at: 20) == [1, 2, 3])
        tape.add(up, #"{"id":"3","status":"aborted"}"#, at: 31)
        #expect(try state(tape, at: 32) == [])
        tape.add(down, #"{"name":"nameless"}"#, at: 40, properties: [.correlationData([1])])
        tape.add(up, #"{"status":"in_progress"}"#, at: 41)
        #expect(try state(tape, at: 50) == [9, 10])
        tape.add(up, #"{"status":"failed"}"#, at: 42, properties: [.correlationData([1])])
        #expect(try state(tape, at: 50) == [])
    }

    @Test func `licences hold until they are removed`() throws {
        let tape = try TestTape()
        tape.add("v1/device/d/license", #"[{"id":"l1","add":true},{"id":"l2","add":true}]"#, at: 1)
        tape.add("v1/device/d/license/update", #"{"id":"l1","state":"inuse"}"#, at: 2)
        tape.add("v1/device/d/license/update", #"{"id":"l2","state":"inuse"}"#, at: 3)
        tape.add("v1/device/d/license", #"{"id":"l2","remove":true}"#, at: 4)
        #expect(try state(tape, at: 9) == [1, 2, 3, 4])
        tape.add("v1/device/d/license/update", #"{"id":"l2","state":"removed"}"#, at: 5)
        #expect(try state(tape, at: 9) == [1, 2])
    }

    @Test func `of each setting of the cloud the last value holds`() throws {
        let tape = try TestTape()
        let topic = "v1/device/d/cloud_settings/update"
        tape.add(topic, #"{"property":"mode","value":"a"}"#, at: 1)
        tape.add(topic, #"{"incidents.suspend_creation":true}"#, at: 2)
        tape.add(topic, #"{"property":"mode","value":"b"}"#, at: 3)
        #expect(try state(tape, at: 20) == [2, 3])
    }

    @Test func `redeliveries and rubbish do not disturb`() throws {
        let tape = try TestTape()
        let first = tape.add("v1/device/d/telemetry", #"{"telemetries":{"a":1}}"#, at: 1)
        tape.add("v1/device/d/telemetry", #"{"telemetries":{"a":1}}"#, at: 2, duplicateOf: first)
        tape.add("v1/device/d/telemetry", "not json", at: 3)
        tape.add("v1/device/d/commands", "[[1,null]", at: 4)
        tape.add("x", "", at: 5)
        #expect(try state(tape, at: 9) == [1])
    }
}
