import DeviceProtocol
import JSONScan
import MQTTWire
import Query
import Tape
import TapeTestSupport
import Testing

@Suite struct TimelineQueryTests {
    /// A device that says every ten seconds that all is well.
    private static func telemetry(_ tape: TestTape, _ seconds: some Sequence<Int>, _ metrics: String = #""a":1"#) {
        for second in seconds {
            tape.add(
                "v1/device/A/telemetry", #"{"status":"online","telemetries":{\#(metrics)}}"#, at: Double(second))
        }
    }

    private static let regular = stride(from: 0, to: 1_000, by: 10)

    @Test func `changes of the condition are told with what was before the window`() throws {
        let tape = try TestTape()
        Self.telemetry(tape, [0, 10, 20])
        tape.add("v1/device/A/telemetry", #"{"status":"error","message":"no input","telemetries":{}}"#, at: 30)
        Self.telemetry(tape, [40, 50])
        let entries = try answer(tape, 25, 60).entries.filter { $0.event == .status }
        #expect(entries.map(\.what) == ["online to error: no input", "error to online"])
        #expect(entries.map(\.from) == [.string("online"), .string("error")])
        #expect(entries.map(\.sequence) == [4, 5])
    }

    @Test func `texts and truth values are told when they change, numbers are not`() throws {
        let tape = try TestTape()
        Self.telemetry(tape, [0], #""input":"hdmi","on":true,"n":1"#)
        Self.telemetry(tape, [10], #""input":"usb","on":true,"n":2"#)
        Self.telemetry(tape, [20], #""input":null,"on":false,"n":3"#)
        Self.telemetry(tape, [30], #""input":"usb""#)
        #expect(
            try answer(tape, 5, 40).entries.filter { $0.event == .metric }.map(\.what) == [
                #"input: "hdmi" to "usb""#, #"input is removed (was "usb")"#, "on: true to false",
                #"input: there again as "usb""#,
            ])
    }

    @Test func `a metric that changes with every message is told once`() throws {
        let tape = try TestTape()
        for second in 0..<50 { Self.telemetry(tape, [second], #""id":"\#(second)""#) }
        let entries = try answer(tape, 10, 60).entries.filter { $0.event == .metric }
        #expect(entries.map(\.what) == [#"id changes 40 times, at last to "49""#])
        #expect(entries.first?.count == 40)
    }

    @Test func `commands, configurations, licences, firmware and rooms are told`() throws {
        let tape = try TestTape()
        tape.add("v1/device/A/config", #"{"version":1,"volume":1,"net":{"ip":"a"}}"#, at: 1)
        tape.add("v1/device/A/config/update", #"{"version":1,"volume":1,"net":{"ip":"a"}}"#, at: 2)
        tape.add("v1/device/A/update", #"{"firmware_version":"1.0"}"#, at: 3)
        tape.add("v1/device/A/config", #"{"version":"2","volume":1,"net":{"ip":"b"}}"#, at: 11)
        tape.add("v1/device/A/config/update", #"{"version":2,"volume":1,"net":{"ip":"b"}}"#, at: 12.5)
        tape.add("v1/device/A/commands", #"{"id":"c","name":"reboot","status":"pending"}"#, at: 13)
        tape.add("v1/device/A/commands/update", #"{"id":"c","status":"failed","message":"no"}"#, at: 14)
        tape.add("v1/device/A/license", #"{"id":"l","action":"add","data":"SECRET","signature":"SECRET"}"#, at: 15)
        tape.add("v1/device/A/license/update", #"{"id":"l","state":"inuse"}"#, at: 16)
        tape.add("v1/device/A/firmware", #"{"latest_fw_version":"1.1"}"#, at: 17)
        tape.add("v1/device/A/update", #"{"firmware_version":"1.1","name":"x"}"#, at: 18)
        tape.add("v1/device/A/space_info", #"{"name":"room","maintenance":true}"#, at: 19)
        tape.add("v1/device/A/get", "", at: 20)
        let entries = try answer(tape, 10, 30).entries.filter { $0.event != .finding }
        #expect(
            entries.map(\.what) == [
                "the cloud sends configuration 2 (1 before): changes net.ip",
                "the device confirms configuration 2 after 1.5 s",
                "the cloud sends reboot",
                "reboot: the device says failed after 1.0 s: no",
                "the cloud sends licence l: add",
                "licence l: the device says inuse",
                "the cloud offers firmware 1.1 (the device runs 1.0)",
                "the device runs firmware 1.1 (1.0 before)",
                "the device says of itself: name",
                "maintenance is on",
                "the cloud sends the room: room",
                "the device asked for everything again (as after a restart)",
            ])
        #expect(entries.map(\.event).contains(.snapshot))
        #expect(!entries.contains { $0.what.contains("SECRET") })
    }

    @Test func `what comes again is said to come again`() throws {
        let tape = try TestTape()
        for second in [1.0, 11] {
            tape.add("v1/device/A/config", #"{"version":1,"a":1}"#, at: second)
            tape.add("v1/device/A/commands", #"{"id":"c","name":"reboot"}"#, at: second)
        }
        #expect(
            try answer(tape, 10, 20).entries.filter { $0.event != .finding }.map(\.what) == [
                "the cloud sends configuration 1 again", "the cloud sends reboot again after 10.0 s",
            ])
    }

    @Test func `silences are told where the recorder was listening`() throws {
        let tape = try TestTape()
        Self.telemetry(tape, stride(from: 0, through: 100, by: 10))
        Self.telemetry(tape, stride(from: 200, through: 300, by: 10))
        try tape.commit()
        let silence = try #require(try answer(tape, 110, 190).entries.first)
        #expect(silence.event == .silence)
        #expect(silence.time == TestTape.time(100))
        #expect(silence.until == TestTape.time(200))
        #expect(silence.what == "nothing heard of the device for 1 m 40 s, usually every 10.0 s")
        try tape.add(
            gap: Gap(session: 1, cause: .disconnected, beganAt: TestTape.time(101), endedAt: TestTape.time(145)))
        let rest = try answer(tape, 110, 190)
        #expect(rest.entries.map(\.time) == [TestTape.time(145)])
        #expect(rest.rows.map(\.event) == [.gap, .silence])
        try tape.add(
            gap: Gap(session: 1, cause: .disconnected, beganAt: TestTape.time(145), endedAt: TestTape.time(195)))
        #expect(try answer(tape, 110, 190).entries.isEmpty)
    }

    @Test func `a window without messages names the nearest`() throws {
        let tape = try TestTape()
        Self.telemetry(tape, [0, 10, 5_000])
        let answer = try answer(tape, 1_000, 2_000)
        #expect(answer.messages == 0)
        #expect(answer.nearestBefore == TestTape.time(10))
        #expect(answer.nearestAfter == TestTape.time(5_000))
        // Further back than the time that numbers are compared with.
        var query = TimelineQuery("A", TestTape.time(4_000)..<TestTape.time(4_100))
        query.before = TestTape.nanoseconds(60)
        #expect(try query.answer(try tape.reader()).nearestBefore == TestTape.time(10))
    }

    @Test func `a metric that moved is told with where it was before`() throws {
        let tape = try TestTape()
        for second in Self.regular {
            let value = second == 950 ? 71.5 : 20 + Double(second % 30) / 10
            Self.telemetry(tape, [second], #""temp":\#(value),"calm":5,"noise":\#(second % 70)"#)
        }
        let answer = try answer(tape, 900, 1_000)
        let moved = try #require(answer.moved.first)
        #expect(answer.moved.count == 1)
        #expect(moved.metric == "temp")
        #expect(moved.value == 71.5)
        #expect(moved.time == TestTape.time(950))
        #expect(moved.least == 20 && moved.greatest == 22)
        #expect(answer.pictures.lines.first?.series.values.count == 100)
        #expect(answer.rows.first?.event == .moved)
    }

    @Test func `a counter is judged by its rise, and told where it begins anew`() throws {
        let tape = try TestTape()
        for second in Self.regular {
            let uptime = second < 950 ? second + 1_000 : second - 950
            let bytes = second < 940 ? second * 10 : 940 * 10 + (second - 940) * 500
            Self.telemetry(tape, [second], #""uptime":\#(uptime),"bytes":\#(bytes)"#)
        }
        let answer = try answer(tape, 900, 1_000)
        #expect(answer.moved.map(\.metric) == ["bytes"])
        #expect(answer.moved.first?.isRate == true)
        #expect(answer.moved.first?.value == 500)
        let resets = answer.entries.filter { $0.event == .metric }
        #expect(resets.map(\.what) == ["uptime begins anew: from 1940 to 0"])
        #expect(resets.map(\.time) == [TestTape.time(950)])
    }

    @Test func `a clock that jumps is told, and so is what was held back`() throws {
        let tape = try TestTape()
        func add(_ arrival: Double, _ stated: Double) {
            let time = TestTape.time(stated).rfc3339
            tape.add(
                "v1/device/A/telemetry", #"{"status":"online","timestamp":"\#(time)","telemetries":{}}"#, at: arrival)
        }
        for second in 0..<10 { add(Double(second) * 10, Double(second) * 10) }
        // Away for a minute, then all at once.
        for number in 0..<6 { add(160 + Double(number) / 100, 100 + Double(number) * 10) }
        for second in 17..<25 { add(Double(second) * 10, Double(second) * 10) }
        for second in 25..<35 { add(Double(second) * 10, Double(second) * 10 - 3_600) }
        let entries = try answer(tape, 95, 400).entries
        let late = try #require(entries.first { $0.event == .late })
        #expect(late.count == 4)
        #expect(late.what.hasPrefix("4 messages come up to 1 m 00 s late"))
        let jumps = entries.filter { $0.event == .clock }
        #expect(jumps.map(\.time) == [TestTape.time(250)])
        #expect(jumps.first?.what == "the device's clock jumps back by 1 h 00 m: it is now 1 h 00 m behind ours")
    }

    @Test func `only what concerns the device is told`() throws {
        let tape = try TestTape()
        tape.add("v1/device/P/telemetry", #"{"device_id":"A","status":"online","telemetries":{"x":"a"}}"#, at: 1)
        tape.add("v1/device/P/telemetry", #"{"device_id":"A","status":"error","telemetries":{"x":"b"}}"#, at: 11)
        tape.add("v1/device/P/telemetry", #"{"status":"offline","telemetries":{"x":"c"}}"#, at: 12)
        tape.add("v1/device/P/command/children", #"[{"id":"1","device_id":"A","name":"n"}]"#, at: 13)
        tape.add("v1/device/P/command/children", #"[{"id":"2","device_id":"B","name":"m"}]"#, at: 14)
        let entries = try answer(tape, 10, 20).entries.filter { $0.event != .finding }
        #expect(entries.map(\.what) == ["online to error", #"x: "a" to "b""#, "the cloud sends n"])
        let parent = try TimelineQuery("P", TestTape.time(10)..<TestTape.time(20)).answer(try tape.reader())
        #expect(
            parent.entries.filter { $0.event == .command }.map(\.what) == [
                "the cloud sends n for A", "the cloud sends m for B",
            ])
    }

    @Test func `findings of one kind are one line`() throws {
        let tape = try TestTape()
        for second in 0..<5 { tape.add("v1/device/A/telemetry", "{oops", at: Double(second)) }
        let entries = try answer(tape, 0, 10).entries.filter { $0.subject == "invalid_json" }
        #expect(entries.map(\.count) == [5])
        #expect(try answer(tape, 0, 10).unreadable == 5)
    }

    @Test func `sealed and unsealed tapes tell the same`() throws {
        let fleet = try RandomFleet(seed: 3, messages: 600, habits: .init(redelivers: true)) { random, _ in
            let topic = "v1/device/\(random.pick(["A", "B"]))"
            let number = Int.random(in: 0..<9, using: &random)
            let status = random.pick(["online", "error"])
            return random.pick([
                (topic + "/telemetry", #"{"status":"\#(status)","telemetries":{"t":\#(number)}}"#, []),
                (topic + "/commands", #"{"id":\#(number),"name":"n"}"#, []),
                (topic + "/commands/update", #"{"id":\#(number),"status":"done"}"#, []),
                (topic + "/config", #"{"version":\#(number),"device_id":"A"}"#, []),
            ])
        }
        let query = TimelineQuery("A", TestTape.time(1_000)..<TestTape.time(2_000))
        let plain = try query.answer(try fleet.plain.reader())
        let sealed = try query.answer(try fleet.sealed.reader())
        #expect(plain.rows == sealed.rows)
        #expect(plain.messages == sealed.messages)
        #expect(plain.nearestAfter == sealed.nearestAfter)
        #expect(!plain.entries.isEmpty)
    }

    @Test func `candidates are listed by what went on`() throws {
        let tape = try TestTape()
        Self.telemetry(tape, 0..<20)
        tape.add("v1/device/B/commands", #"{"id":"1","name":"n"}"#, at: 5)
        let list = try TimelineCandidates.list(try tape.reader(), TestTape.time(0)..<TestTape.time(100))
        #expect(list.map(\.device) == ["B", "A"])
        #expect(try TimelineCandidates.only(try tape.reader()) == nil)
    }

    private func answer(_ tape: TestTape, _ since: Double, _ until: Double) throws -> TimelineAnswer {
        try TimelineQuery("A", TestTape.time(since)..<TestTape.time(until)).answer(try tape.reader())
    }
}
