import DeviceProtocol
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct DevicesQueryTests {
    @Test func `the last word on status, firmware and model counts`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"status":"online","telemetries":{"fw_version":"1.0","model":"X"}}"#, at: 1)
        tape.add("v1/device/A/update", #"{"firmware_version":"1.1","name":"Room"}"#, at: 2)
        tape.add("v1/device/A/telemetry", #"{"status":"error","telemetries":{}}"#, at: 3)
        tape.add("v1/device/A/commands", "{}", at: 4)
        let row = try #require(try rows(tape).first)
        #expect(row.status == "error")
        #expect(row.firmware == "1.1")
        #expect(row.model == "X")
        #expect(row.messages == 4)
        #expect(row.firstSeen == TestTape.time(1))
        #expect(row.lastSeen == TestTape.time(4))
    }

    @Test func `skew and period are medians that backlogs and broken clocks do not move`() throws {
        let tape = try TestTape()
        var arrival = 0.0
        func sample(at second: Double, taken: Timestamp?) {
            let stamp = taken.map { #""timestamp":"\#($0.rfc3339)","# } ?? ""
            tape.add("v1/device/A/telemetry", #"{"status":"online",\#(stamp)"telemetries":{"a":1}}"#, at: second)
        }
        for number in 0..<10 {
            arrival = Double(number) * 30
            sample(at: arrival, taken: TestTape.time(arrival - 0.25))
        }
        // Ten minutes without connection, and then everything at once.
        for number in 10..<30 { sample(at: 900 + Double(number) * 0.01, taken: TestTape.time(Double(number) * 30)) }
        sample(at: 930, taken: Timestamp(rfc3339: "1970-01-01T00:00:12Z"))
        sample(at: 960, taken: nil)
        let row = try #require(try rows(tape).first)
        #expect(row.clockSkew == TestTape.nanoseconds(-0.25))
        #expect(row.messages == 32)
    }

    @Test func `the period is the median time between telemetry of one session`() throws {
        let tape = try TestTape()
        for second in [0.0, 10, 20, 31, 500] { tape.add("v1/device/A/telemetry", #"{"telemetries":{}}"#, at: second) }
        try tape.beginSession(wall: 5000, monotonic: 0)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{}}"#, at: 1)
        #expect(try rows(tape).first?.period == TestTape.nanoseconds(10.5))
    }

    @Test func `devices that only payloads name are devices too`() throws {
        let (one, two) = ("d8083a34-22c8-4cd8-9acb-000000000001", "d8083a34-22c8-4cd8-9acb-000000000002")
        let tape = try TestTape()
        tape.add("v1/device/P/telemetry", #"{"\#(one)":{"status":"online"},"\#(two)":{"status":"offline"}}"#)
        #expect(try rows(tape).map(\.device.text) == ["P", one, two])
        #expect(try rows(tape).map(\.status) == [nil, "online", "offline"])
        var selection = Selection()
        selection.devices = [DeviceID(two)]
        #expect(try rows(tape, selection).map(\.device.text) == [two])
    }

    @Test func `a tape without devices has no rows`() throws {
        let tape = try TestTape()
        tape.add("other/topic", "x")
        #expect(try rows(tape).isEmpty)
    }

    private func rows(_ tape: TestTape, _ selection: Selection = Selection()) throws -> [DeviceRow] {
        try DevicesQuery(selection).answer(try tape.reader()).rows
    }
}
