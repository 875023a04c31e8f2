import DeviceProtocol
import JSONScan
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct StateQueryTests {
    @Test func `values are set, removed and replaced, spelled as they came`() throws {
        let tape = try TestTape()
        let topic = "v1/device/A/telemetry"
        tape.add(topic, #"{"status":"online","telemetries":{"old":1,"gone":2}}"#, at: 1)
        tape.add(topic, #"{"override":true,"telemetries":{"a":9007199254740993,"b":1.50,"c":true}}"#, at: 2)
        tape.add(topic, #"{"status":"error","telemetries":{"b":null,"d":{"x":[1.0]},"c":"\u00e9"}}"#, at: 3)
        let row = try #require(try rows(tape).first)
        #expect(row.metrics.map { "\($0.name)=\($0.value)" } == ["a=9007199254740993", "c=\"é\"", #"d={"x":[1.0]}"#])
        #expect(row.metrics.map(\.arrival) == [2, 3, 3].map { TestTape.time($0) })
        #expect(row.status == "error")
        #expect(row.lastSeen == TestTape.time(3) && row.lastTelemetry == TestTape.time(3))
    }

    @Test func `what arrives at the instant or later does not count`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":1}}"#, at: 1)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":2}}"#, at: 2)
        tape.add("v1/device/B/telemetry", #"{"telemetries":{"a":3}}"#, at: 3)
        #expect(try rows(tape, at: 2).map { $0.metrics.map(\.value.description) } == [["1"]])
        #expect(try rows(tape, at: 3).map { $0.metrics.map(\.value.description) } == [["2"]])
        #expect(try rows(tape, at: 1).isEmpty)
    }

    @Test func `what the cloud sent and what the device named stand side by side`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/config", #"{"version":11,"x":1}"#, at: 1)
        tape.add("v1/device/A/config/update", #"{"version":"10","x":1}"#, at: 2)
        tape.add("v1/device/A/firmware", #"{"latest_fw_version":"2.0","latest_fw_file_id":"f"}"#, at: 3)
        tape.add("v1/device/A/update", #"{"firmware_version":"1.9","name":"Lobby"}"#, at: 4)
        tape.add("v1/device/A/space_info", #"{"name":"Room 1","maintenance":true}"#, at: 5)
        tape.add("v1/device/A/commands", #"{"id":"1","name":"reboot","status":"pending"}"#, at: 6)
        tape.add("v1/device/A/commands", #"{"id":"2","name":"dump","status":"pending"}"#, at: 7)
        tape.add("v1/device/A/commands/update", #"{"id":"2","status":"done"}"#, at: 8)
        let row = try #require(try rows(tape).first)
        #expect(row.configVersion == "10" && row.latestConfigVersion == "11")
        #expect(row.firmware == "1.9" && row.latestFirmware == "2.0" && row.latestFileID == "f")
        #expect(row.name == "Lobby" && row.space == "Room 1" && row.maintenance == true)
        #expect(row.openCommands == 1)
        #expect(row.lastSeen == TestTape.time(8) && row.lastTelemetry == nil)
        #expect(try rows(tape, at: 8).first?.openCommands == 2)
    }

    @Test func `a licence has the state that the device gave it since the cloud's last word`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/license", #"[{"id":"1","add":true,"expires_at":"2027-01-01T00:00:00Z"}]"#, at: 1)
        tape.add("v1/device/A/license/update", #"{"id":"1","state":"inuse"}"#, at: 2)
        #expect(try rows(tape).first?.licenses.map(\.state) == ["inuse"])
        tape.add("v1/device/A/license", #"{"id":"1","action":"remove","data":"secret"}"#, at: 3)
        tape.add("v1/device/A/license/update", #"{"state":"inuse"}"#, at: 4)
        let license = try #require(try rows(tape).first?.licenses.first)
        #expect(license.id == "1" && license.action == .remove && license.state == nil)
        #expect(try rows(tape).first?.licenses.count == 1)
    }

    @Test func `devices that only payloads name have a state of their own`() throws {
        let tape = try TestTape()
        tape.add("v1/device/P/telemetry", #"{"device_id":"child","telemetries":{"a":1}}"#, at: 1)
        tape.add("v1/device/P/telemetry", #"{"telemetries":{"a":2}}"#, at: 2)
        #expect(try rows(tape).map(\.device) == ["P", "child"])
        #expect(try rows(tape).map { $0.metrics.map(\.value.description) } == [["2"], ["1"]])
    }

    private func rows(_ tape: TestTape, at second: Double? = nil) throws -> [StateRow] {
        var selection = Selection()
        selection.until = second.map { TestTape.time($0) }
        var rows = try StateQuery(selection).rows(try tape.reader())
        var found: [StateRow] = []
        while let row = try rows.next() { found.append(row) }
        return found
    }
}
