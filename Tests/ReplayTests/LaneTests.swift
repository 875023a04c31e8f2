import DeviceProtocol
import MQTTWire
import Testing

@testable import MQTTSession
@testable import Replay

struct LaneTests {
    private let clock = ManualClock()
    private let second: Int64 = 1_000_000_000

    /// Messages of devices in turn, each on the connection of its device.
    private func bench(_ count: Int, devices: [DeviceID], limit: Int = 10) -> PublisherBench {
        let cues = (0..<count).map { number -> Cue in
            var message = OutgoingMessage.sample(Int64(number), offset: Int64(number) * second, qos: .atLeastOnce)
            message.topic = "\(number)"
            return Cue(message, connection: devices[number % devices.count])
        }
        let bench = PublisherBench(clock, cues)
        bench.mode = .perDevice(limit: limit)
        return bench
    }

    @Test func `each device is heard over its own connection, opened shortly before it is needed`() throws {
        let bench = bench(30, devices: ["a", "b"])
        var opened: [LaneRole: Int64] = [:]
        var targets: [LaneRole: ScriptedTarget] = [:]
        var late = Cue(OutgoingMessage.sample(99, offset: 20 * second + 1), connection: "late")
        late.message.topic = "late"
        let withLate = PublisherBench(
            clock, (bench.allCues + [late]).sorted { $0.message.offset < $1.message.offset })
        withLate.mode = .perDevice(limit: 10)
        let start = clock.monotonic
        withLate.makeTarget = { [clock] role in
            opened[role] = clock.monotonic - start
            let target = ScriptedTarget(clock)
            targets[role] = target
            return target
        }
        let report = try withLate.run()
        #expect(report.isComplete)
        #expect(report.connections == 3)
        #expect(targets[.device("a")]?.published.map(\.sequence) == stride(from: 0, to: 30, by: 2).map { "\($0)" })
        #expect(targets[.device("late")]?.published.count == 1)
        #expect(targets[.main] == nil)
        let opening = try #require(opened[.device("late")])
        #expect((16 * second...18 * second).contains(opening))
        #expect(report.lateness?.maximum == 0)
    }

    @Test func `a device whose connection hangs does not hold the others up`() throws {
        let bench = bench(20, devices: ["a", "b"])
        let blocked = ScriptedTarget(clock)
        blocked.isBlocked = true
        let free = ScriptedTarget(clock)
        bench.makeTarget = { $0 == .device("a") ? blocked : free }
        bench.at(25 * second) { blocked.isBlocked = false }
        let start = clock.monotonic
        let report = try bench.run()
        #expect(free.published.map { $0.time - start } == stride(from: 1, to: 20, by: 2).map { Int64($0) * second })
        #expect(blocked.published.count == 10)
        #expect(report.isComplete)
        #expect(report.lateness?.overTenMilliseconds == 10)
    }

    @Test func `each connection comes back on its own, with what it had on the way`() throws {
        let bench = bench(12, devices: ["a", "b", "c"])
        let broken = ScriptedTarget(clock)
        broken.acknowledges = false
        broken.breaksAfter = 2
        let second = ScriptedTarget(clock)
        let others = ScriptedTarget(clock)
        var targets = [broken, second][...]
        bench.makeTarget = { $0 == .device("b") ? targets.removeFirst() : others }
        let report = try bench.run()
        #expect(second.published.map(\.sequence) == ["1", "4", "7", "10"])
        #expect(others.published.count == 8)
        #expect(report.disconnections == 1)
        #expect(report.repeated == 2)
        #expect(report.isComplete)
    }

    @Test func `a device that the broker turns away is reported and its messages are not sent`() throws {
        let bench = bench(10, devices: ["a", "b"])
        let refused = ScriptedTarget(clock)
        refused.connectError = .refused(broker: "b", code: 0x87, reason: "not authorised")
        let other = ScriptedTarget(clock)
        bench.makeTarget = { $0 == .device("a") ? refused : other }
        let report = try bench.run()
        #expect(report.ending == .completed)
        #expect(report.lostDevices == 1)
        #expect(report.lostDeviceExamples.first?.contains("not authorised") == true)
        #expect(report.unsent == 5)
        #expect(!report.isComplete)
    }

    @Test func `more devices than connections are refused one by one`() throws {
        let bench = bench(9, devices: ["a", "b", "c"], limit: 2)
        let report = try bench.run()
        #expect(report.sent == 6)
        #expect(report.unsendable == 3)
        #expect(report.unsendableExamples.first?.contains("--max-connections") == true)
    }

    @Test func `nothing begins when no device gets in`() throws {
        let bench = bench(4, devices: ["a"])
        let refused = ScriptedTarget(clock)
        refused.connectError = .refused(broker: "b", code: 0x86, reason: "bad password")
        bench.makeTarget = { _ in refused }
        #expect(throws: ReplayError.self) { try bench.run() }
    }

    @Test func `the target's commands are heard before anything is published, and a refusal ends it`() throws {
        var message = OutgoingMessage.sample(1)
        message.topic = "v1/device/a/commands/update"
        message.payload = Array(#"{"id":"old","status":"done"}"#.utf8)
        let answer = RecordedAnswer(commandID: "old", name: "reboot", ordinal: 0, delay: second)
        let bench = PublisherBench(clock, [Cue(message, answer: answer)])
        bench.settings.commandTimeout = 60 * second
        let main = ScriptedTarget(clock)
        let listener = ScriptedTarget(clock)
        bench.makeTarget = { $0 == .listener ? listener : main }
        bench.at(10 * second) { listener.deliver("v1/device/a/commands", #"{"id":"new","name":"reboot"}"#) }
        let start = clock.monotonic
        let report = try bench.run()
        #expect(
            listener.subscriptions == ["v1/device/+/commands", "v1/device/+/command", "v1/device/+/command/children"])
        #expect(main.published.map { $0.time - start } == [11 * second])
        #expect(main.payloads == [#"{"id":"new","status":"done"}"#])
        #expect(report.closedLoop?.released == 1)
        #expect(report.isComplete)

        let deaf = PublisherBench(clock, [Cue(message, answer: answer)])
        deaf.settings.commandTimeout = 60 * second
        let refusing = ScriptedTarget(clock)
        refusing.subscriptionCode = 0x87
        deaf.makeTarget = { [clock] in $0 == .listener ? refusing : ScriptedTarget(clock) }
        #expect(throws: ReplayError.self) { try deaf.run() }
    }

    /// An update that answers the first reboot of device a.
    private func answering(_ sequence: Int64, offset: Int64 = 0) -> Cue {
        var message = OutgoingMessage.sample(sequence, offset: offset)
        message.topic = "v1/device/a/commands/update"
        message.payload = Array(#"{"id":"old"}"#.utf8)
        return Cue(message, answer: RecordedAnswer(commandID: "old", name: "reboot", ordinal: 0, delay: 0))
    }

    @Test func `an answer whose connection takes nothing waits for it`() throws {
        let bench = PublisherBench(clock, [answering(1), Cue(.sample(2, offset: second))])
        bench.settings.commandTimeout = 30 * second
        let (main, listener) = (ScriptedTarget(clock), ScriptedTarget(clock))
        bench.makeTarget = { $0 == .listener ? listener : main }
        bench.at(second / 2) { main.isBlocked = true }
        bench.at(2 * second) { listener.deliver("v1/device/a/commands", #"{"id":"new","name":"reboot"}"#) }
        var published = 0
        bench.at(19 * second) { published = main.published.count }
        bench.at(20 * second) { main.isBlocked = false }
        let start = clock.monotonic
        let report = try bench.run()
        // The socket had not taken the message before it.
        #expect(published == 1)
        #expect(main.published.map { $0.time - start } == [20 * second, 20 * second])
        #expect(main.payloads.last == #"{"id":"new"}"#)
        #expect(report.closedLoop?.released == 1)
        #expect(report.isComplete)
    }

    @Test func `a replay that is stopped lets go of the answers that wait`() throws {
        let bench = PublisherBench(clock, [answering(1), Cue(.sample(2, offset: 60 * second))])
        bench.settings.commandTimeout = 300 * second
        let (main, listener) = (ScriptedTarget(clock), ScriptedTarget(clock))
        bench.makeTarget = { $0 == .listener ? listener : main }
        bench.press(.stop, at: 10 * second)
        bench.at(10 * second + 1) { listener.deliver("v1/device/a/commands", #"{"id":"new","name":"reboot"}"#) }
        let start = clock.monotonic
        let report = try bench.run()
        #expect(clock.monotonic - start <= 11 * second)
        #expect(main.published.isEmpty)
        #expect(report.ending == .interrupted)
        #expect(report.closedLoop?.released == 0)
        #expect(report.unsent == 2)
    }

    @Test func `an answer is given up a timeout after it was due, and the report says for what`() throws {
        var message = OutgoingMessage.sample(5, offset: 10 * second)
        message.topic = "v1/device/a/commands/update"
        message.payload = Array(#"{"id":"old"}"#.utf8)
        let answer = RecordedAnswer(commandID: "old", name: "reboot", ordinal: 0, delay: 0)
        let bench = PublisherBench(clock, [Cue(message, answer: answer), Cue(.sample(6, offset: 11 * second))])
        bench.settings.commandTimeout = 30 * second
        let start = clock.monotonic
        let report = try bench.run()
        #expect((40 * second...41 * second).contains(clock.monotonic - start))
        #expect(report.sent == 1)
        #expect(report.closedLoop?.missing == [.init(device: "a", name: "reboot", commandID: "old", sequence: 5)])
        #expect(!report.isComplete)
    }
}
