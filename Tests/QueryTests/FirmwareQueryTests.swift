import DeviceProtocol
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct FirmwareQueryTests {
    @Test(arguments: [
        ("1.10.0", "1.9", FirmwareRow.State.downgrade), ("v1.9", "1.9.0", .upToDate), ("1.9-rc.2", "1.9", .upgrade),
        ("1.9-rc.10", "1.9-rc.2", .downgrade), ("1.9+a", "1.9+b", .upToDate), ("1.x", "1.9", .differs),
        ("1.x", "1.x", .upToDate), ("", "1", .differs), ("99999999999999999999", "1", .differs),
    ])
    func `versions are compared by their numbers`(reported: String, latest: String, state: FirmwareRow.State) throws {
        let tape = try TestTape()
        tape.add("v1/device/A/update", #"{"firmware_version":"\#(reported)"}"#, at: 1)
        tape.add("v1/device/A/firmware", #"{"latest_fw_version":"\#(latest)"}"#, at: 2)
        #expect(try rows(tape).map(\.state) == [state])
    }

    @Test func `the time from the offer to the report is the lag`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/update", #"{"firmware_version":"1.0"}"#, at: 1)
        tape.add("v1/device/A/firmware", #"{"latest_fw_version":"1.1","latest_fw_file_id":"f"}"#, at: 10)
        tape.add("v1/device/A/firmware", #"{"latest_fw_version":"1.1","latest_fw_file_id":"f"}"#, at: 20)
        #expect(try rows(tape).first?.behindFor == TestTape.nanoseconds(90))
        tape.add("v1/device/A/update", #"{"firmware_version":"1.1"}"#, at: 30)
        tape.add("v1/device/A/update", #"{"firmware_version":"1.1"}"#, at: 40)
        let row = try #require(try rows(tape).first)
        #expect(row.state == .upToDate && row.lag == TestTape.nanoseconds(20) && row.notices == 2)
        #expect(row.reportedAt == TestTape.time(30) && row.previous == "1.0" && row.fileID == "f")
    }

    @Test func `a metric counts where no update names the firmware`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"fw_version":"3.0"}}"#, at: 1)
        tape.add("v1/device/A/telemetry", #"{"telemetries":{"a":1}}"#, at: 2)
        let row = try #require(try rows(tape).first)
        #expect(row.reported == "3.0" && row.source == .telemetry && row.state == .unknown)
    }

    private func rows(_ tape: TestTape) throws -> [FirmwareRow] {
        try FirmwareQuery(Selection()).answer(try tape.reader(), behindUntil: TestTape.time(100)).rows
    }
}
