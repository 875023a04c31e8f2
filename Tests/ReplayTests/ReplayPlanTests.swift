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
        #expect(Pace.rate(10).duration(of: plan.length) == 13)
        #expect(Pace.maximum.duration(of: plan.length) == 0)
    }

    @Test func `what both sides say of one kind are rows of their own, that of the cloud first`() throws {
        let topic = "v1/device/a/commands"
        let tape = try SampleTape([
            SampleTape.message(topic, at: 1, [.userProperty(name: "device_id", value: "a")]),
            SampleTape.message(topic, at: 2), SampleTape.message("v1/device/A/commands", at: 3),
        ])
        var script = ReplayScript(path: tape.path, selection: Selection())
        script.admission.includesCloud = true
        let plan = try ReplayPlan(script, tape: TapeReader(path: tape.path))
        #expect(plan.rows.map(\.device) == ["A", "a", "a"])
        #expect(plan.rows.map(\.direction) == [.cloudToDevice, .cloudToDevice, .deviceToCloud])
    }

    @Test func `rows beyond the limit are counted together, and every message counts`() throws {
        let tape = try SampleTape((0..<5).map { SampleTape.message("v1/device/d\($0 % 4)/telemetry", at: $0) })
        let script = ReplayScript(path: tape.path, selection: Selection())
        let plan = try ReplayPlan(script, tape: TapeReader(path: tape.path), limit: 2)
        #expect(plan.rows.map(\.device) == ["d0", "d1"])
        #expect(plan.rows.map(\.messages) == [2, 1])
        #expect(plan.messagesBeyondRows == 2)
        #expect(plan.messages == 5)
        #expect(plan.devices == ["d0", "d1"])
    }

    @Test func `state without a window is all that is sent`() throws {
        let plan = try plan {
            $0.selection.topics = ["nothing/#"].compactMap { try? TopicFilter($0) }
            $0.state = [SampleTape.message("v1/device/a/telemetry", at: -80)]
        }
        #expect(plan.messages == 1)
        #expect(plan.stateMessages == 1)
        #expect(plan.length == 0)
        #expect(plan.firstArrival == nil)
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

    @Test func `the plan as JSON tells how often, with what state, and what stays as it is`() throws {
        let plan = try plan {
            $0.transformation.timeShift = .by(1_000_000_000)
            $0.state = [SampleTape.message("v1/device/a/telemetry", at: -80, payload: #"{"timestamp":"x"}"#)]
        }
        func json(_ repetition: Repetition) -> String {
            String(decoding: plan.json(pace: .rate(1), repetition: repetition), as: UTF8.self)
        }
        #expect(!json(.once).contains("rounds") && !json(.once).contains("loop_delay_ms"))
        #expect(json(Repetition(rounds: 3, delay: 2_500_000)).contains(#","rounds":3,"loop_delay_ms":2.5,"#))
        let endless = json(Repetition(rounds: nil, delay: 0))
        #expect(endless.contains(#","loop_delay_ms":0"#) && !endless.contains("rounds"))
        #expect(!endless.contains("planned_duration_ms"))
        #expect(json(.once).contains(#""state_messages":1,"transformations":["#))
        #expect(
            json(.once).contains(
                #"{"name":"shift_time","messages":0,"values":0,"left_alone":{"not_a_time":1},"examples":[]}"#))
    }

    @Test func `directions, devices and kinds can be left out`() throws {
        let cloudOnly = try plan {
            $0.admission.includesCloud = true
            $0.admission.directions = [.cloudToDevice]
        }
        #expect(cloudOnly.rows.map(\.kind) == [.command])
        #expect(cloudOnly.skipped[.excluded] == 5)
        let rest = try plan {
            $0.admission.excludedDevices = ["a"]
            $0.admission.excludedKinds = [.deviceUpdate]
        }
        #expect(rest.messages == 2)
        #expect(rest.devices == ["b"])
        #expect(try plan { $0.admission.excludedDirections = [.deviceToCloud] }.messages == 0)
    }

    @Test func `what held before the window comes first and takes no time`() throws {
        let plan = try plan {
            $0.state = [
                SampleTape.message("v1/device/a/config", at: -90), SampleTape.message("v1/device/a/telemetry", at: -80),
            ]
        }
        #expect(plan.messages == 5)
        #expect(plan.stateMessages == 1)
        #expect(plan.skipped[.cloudToDevice] == 2)
        #expect(plan.length == 1_000)
        #expect(plan.firstArrival?.nanoseconds == SampleTape.wall)
        #expect(plan.lastSequence == 8)
    }

    @Test func `the plan holds every copy, and what happens to keys in each`() throws {
        let plan = try plan {
            $0.transformation.fanOut.copies = 4
            $0.transformation.fanOut.spread = 400
            $0.transformation.knownDevices = ["a", "b"]
            $0.credentials = Credentials(["b": "KEY", "b-3": "KEY-3"])
        }
        #expect(plan.messages == 16)
        #expect(plan.length == 1_300)
        #expect(plan.keysReplaced == 2)
        #expect(plan.keysLeftOut == 2)
        #expect(plan.messagesByQoS == [.atMostOnce: 4, .atLeastOnce: 12])
        #expect(plan.transformations[.fanOut].messages == 12)
    }

    @Test func `the plan and the replay see the same messages`() throws {
        for copies in [1, 3] {
            var script = ReplayScript(path: tape.path, selection: Selection())
            script.transformation.fanOut.copies = copies
            script.transformation.knownDevices = ["a", "b"]
            script.state = [SampleTape.message("v1/device/b/telemetry", at: -80)]
            let plan = try ReplayPlan(script, tape: TapeReader(path: tape.path))
            let reader = try TapeReader(path: tape.path)
            let cursor = try reader.messages(script.selection)
            var messages: [RecordedMessage] = []
            while let message = try cursor.next() { messages.append(message) }
            var transforming = Transforming { _ in }
            transforming.script = script
            let sent = try transforming(messages)
            #expect(Int64(sent.count) == plan.messages)
            #expect(sent.reduce(0) { $0 + Int64($1.size) } >= plan.bytes)
            #expect(sent.count { $0.isState } == Int(plan.stateMessages))
            #expect(sent.map(\.offset).max() == plan.length)
        }
    }

    @Test func `the plan as JSON tells what is changed`() throws {
        let plan = try plan { try? $0.map("a", "tower") }
        let text = String(decoding: plan.json(pace: .rate(1)), as: UTF8.self)
        #expect(
            text.contains(
                #""transformations":[{"name":"map_device","messages":1,"values":1,"left_alone":{},"examples":"#
                    + #"[{"seq":1,"place":"topic","before":"a","after":"tower"}]}]"#))
        #expect(text.contains(#"{"device":"tower","kind":"telemetry""#))
        #expect(plan.mappedDevices == ["a"])
    }
}
