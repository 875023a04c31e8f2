import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Replay

struct ReplayPlanTests {
    private let tape: SampleTape

    init() throws {
        tape = try SampleTape([
            SampleTape.message("v1/device/a/telemetry", at: 0),
            SampleTape.message("v1/device/a/telemetry", at: 5, duplicateOf: 1),
            SampleTape.message("v1/device/a/commands", at: 10, [.responseTopic("v1/device/a/commands/update")]),
            SampleTape.message("v1/device/b/telemetry", at: 20, qos: .atMostOnce, retain: true),
            SampleTape.message("v1/device/b/telemetry", at: 30, payload: "", retain: true),
            SampleTape.message("$SYS/broker/uptime", at: 35, payload: "1"),
            SampleTape.message("elsewhere", at: 40),
            SampleTape.message(
                "v1/device/b/update", at: 1_000, [.userProperty(name: "access_key", value: "redacted:00ff00ff00ff00ff")]
            ),
        ])
    }

    private func plan(_ change: (inout ReplayScript) -> Void = { _ in }) throws -> ReplayPlan {
        var script = ReplayScript(path: tape.path, selection: Selection())
        change(&script)
        return try ReplayPlan(script, tape: TapeReader(path: tape.path))
    }

    @Test func `only what devices published is sent, once`() throws {
        let plan = try plan()
        #expect(plan.messages == 4)
        #expect(
            plan.skipped == [
                .duplicate: 1, .cloudToDevice: 1, .brokerTopic: 1, .unknownDirection: 1,
            ])
        #expect(plan.rows.map(\.kind) == [.telemetry, .deviceUpdate, .telemetry])
        #expect(plan.retained == 0)
        #expect(plan.keysLeftOut == 1)
        #expect(plan.length == 1_000)
        #expect(plan.lastSequence == 8)
        #expect(plan.devices == ["a", "b"])
        #expect(plan.messagesByQoS == [.atMostOnce: 1, .atLeastOnce: 3])
    }

    @Test func `the cloud's messages and retained ones are sent when asked for`() throws {
        let plan = try plan {
            $0.admission.includesCloud = true
            $0.admission.keepsRetain = true
        }
        #expect(plan.messages == 6)
        #expect(plan.skipped == [.duplicate: 1, .brokerTopic: 1])
        #expect(plan.retained == 2)
    }

    @Test func `the duration follows rate and shortened silences`() throws {
        let plan = try plan { $0.longestSilence = 100 }
        #expect(plan.length == 130)
        #expect(plan.duration(at: .rate(10)) == 13)
        #expect(plan.duration(at: .maximum) == 0)
    }

    @Test func `a cancelled plan says so`() throws {
        let script = ReplayScript(path: tape.path, selection: Selection())
        #expect(throws: ReplayError.self) {
            try ReplayPlan(script, tape: TapeReader(path: tape.path), isCancelled: { true })
        }
    }

    @Test func `the plan as JSON names counts and reasons`() throws {
        let text = String(decoding: try plan().json(pace: .rate(2)), as: UTF8.self)
        #expect(text.hasPrefix("{\"planned\":4,"))
        #expect(text.contains("\"qos\":[1,3,0]"))
        #expect(text.contains("\"duplicate\":1"))
        #expect(
            text.contains("{\"device\":\"a\",\"kind\":\"telemetry\",\"direction\":\"device_to_cloud\",\"messages\":1"))
    }
}
