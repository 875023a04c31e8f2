import DeviceProtocol
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct TapeInfoTests {
    @Test func `the catalogue tells what the tape holds`() throws {
        let tape = try TestTape()
        for number in 0..<8 {
            tape.add(
                "v1/device/\(number < 3 ? "busy" : "d\(number)")/telemetry", #"{"status":"online"}"#, at: Double(number)
            )
        }
        tape.add("v1/device/busy/commands", "{}", at: 8)
        tape.add("nothing/of/ours", "x", at: 9)
        try tape.add(gap: Gap(session: 0, cause: .disconnected, beganAt: TestTape.time(2), endedAt: TestTape.time(3)))
        try tape.end(at: 10)
        let info = try TapeInfo(try tape.reader())
        #expect(info.summary.messages == 10)
        #expect(info.summary.devices == 6)
        #expect(info.busiestDevices.map(\.device.text) == ["busy", "d3", "d4", "d5", "d6"])
        #expect(info.busiestDevices.first?.messages == 4)
        #expect(info.kinds.map(\.kind) == [.telemetry, .command, .unknown])
        #expect(info.gaps.map(\.cause) == ["disconnected"])
        #expect(info.recordedTime == TestTape.nanoseconds(10))
        #expect(info.ratio != nil)
        #expect(info.clockSteps.isEmpty)
    }

    @Test func `an empty tape is described as well`() throws {
        let info = try TapeInfo(try TestTape().reader())
        #expect(info.summary.messages == 0)
        #expect(info.summary.firstArrival == nil)
        #expect(info.ratio == nil)
        #expect(info.sessions.count == 1)
        #expect(info.isBeingRecorded == false || info.sessions.first?.endedAt == nil)
    }
}
