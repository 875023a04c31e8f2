import Replay
import Tape
import TapeTestSupport
import Testing

@testable import Tapedeck

@Suite struct TransformationTextTests {
    @Test func `what is left as recorded is said with its reason`() throws {
        let tape = try TestTape()
        for payload in [
            #"{"timestamp":"2021-08-04T07:00:00Z"}"#, #"{"timestamp":"..."}"#, #"{"timestamp":"0001-01-01T00:00:00Z"}"#,
            #"{"timestamp":"9999-12-31T23:59:59Z"}"#, "{oops",
        ] {
            tape.add("v1/device/a/telemetry", payload)
        }
        tape.add("v1/device/a/commands/update", #"{"id":0,"status":"done"}"#)
        let reader = try tape.reader()
        var script = ReplayScript(path: tape.path, selection: Selection())
        script.transformation.timeShift = .by(3_600_000_000_000)
        script.transformation.freshIDs = FreshIDs(seed: "test")
        let text = TransformationText(plan: try ReplayPlan(script, tape: reader))
        #expect(
            text.summary == [
                "--shift-time: 1 value in 1 message",
                "  left as recorded: 1 value no time that can be read",
                "  left as recorded: 1 value of a clock that was never set (before 2010)",
                "  left as recorded: 1 value that cannot be moved and keep its spelling",
                "  left as recorded: 1 value in a payload that is no JSON",
                "--fresh-ids: 0 values in 0 messages",
                "  left as recorded: 1 value neither a text nor a whole number from 1 on",
            ])
        #expect(
            text.examples == [
                "--shift-time, seq 1, payload timestamp: 2021-08-04T07:00:00Z -> 2021-08-04T08:00:00Z"
            ])
        #expect(TransformationCounts.Reason.tooLong.summary == "that would be longer than MQTT allows")
    }
}
