import MQTTWire
import Testing

@testable import MQTTSession
@testable import Replay

struct PublisherTests {
    private let clock = ManualClock()

    private func message(
        _ number: Int, offset: Int64 = 0, qos: QualityOfService = .atMostOnce, topic: String? = nil, bytes: Int = 10
    ) -> OutgoingMessage {
        var message = OutgoingMessage.sample(Int64(number), offset: offset, qos: qos, bytes: bytes)
        message.topic = topic ?? "\(number)"
        return message
    }

    /// Publishes messages to targets, one after the other as connections break.
    private func run(
        _ messages: [OutgoingMessage], pace: Pace = .rate(1), to targets: [ScriptedTarget],
        limits: PublisherLimits = PublisherLimits(), stopAt: Int64 = .max,
        checkPeer: @escaping (String?) throws(ReplayError) -> Void = { _ in }
    ) throws -> ReplayReport {
        let bench = PublisherBench(clock, messages.map { Cue($0) })
        bench.settings.pace = pace
        bench.limits = limits
        bench.stopAt = stopAt
        bench.checkPeer = checkPeer
        var rest = targets[...]
        bench.makeTarget = { [clock] _ in rest.popFirst() ?? ScriptedTarget(clock) }
        return try bench.run()
    }

    @Test func `each message leaves when it is due, not before and not later`() throws {
        let target = ScriptedTarget(clock)
        let offsets: [Int64] = [0, 1, 1, 500, 2_000_000_000, 90_000_000_001]
        let report = try run(offsets.enumerated().map { message($0.offset, offset: $0.element) }, to: [target])
        #expect(target.published.map { $0.time - 1_000 } == offsets)
        #expect(report.isComplete)
        #expect(report.lateness?.maximum == 0)
        #expect(report.duration == 90_000_000_001)
        #expect(report.plannedDuration == 90_000_000_001)
        #expect(target.isDisconnected)
    }

    @Test func `a socket that takes nothing is not fed`() throws {
        let target = ScriptedTarget(clock)
        target.isBlocked = true
        let report = try run((0..<1_000).map { message($0) }, pace: .maximum, to: [target], stopAt: 20_000_000_000)
        #expect(target.deepestQueue <= 64)
        #expect(report.ending == .interrupted)
        #expect(report.sent == 0)
        #expect(report.unsent == 1_000)
    }

    @Test func `no more than the broker's window is unacknowledged, and silence ends it`() throws {
        let target = ScriptedTarget(clock)
        target.acknowledges = false
        let report = try run(
            (0..<20).map { message($0, qos: .atLeastOnce) }, pace: .maximum, to: [target])
        #expect(report.ending == .silence(seconds: 30))
        #expect(report.unacknowledged == 20)
        let other = ScriptedTarget(clock)
        other.acknowledges = false
        let stopped = try run(
            (0..<50).map { message($0, qos: .atLeastOnce) }, to: [other], stopAt: clock.monotonic + 10_000_000_000)
        #expect(other.published.count == 20)
        #expect(stopped.unacknowledged == 20)
        #expect(stopped.unsent == 30)
    }

    @Test func `after a lost connection what was not done is sent first, in order`() throws {
        let first = ScriptedTarget(clock)
        first.acknowledges = false
        first.breaksAfter = 3
        let second = ScriptedTarget(clock)
        let report = try run((0..<6).map { message($0, qos: .atLeastOnce) }, pace: .maximum, to: [first, second])
        #expect(second.published.map(\.sequence) == ["0", "1", "2", "3", "4", "5"])
        #expect(report.sent == 6)
        #expect(report.acknowledged == 6)
        #expect(report.disconnections == 1)
        #expect(report.isComplete)
    }

    @Test func `a broker that breaks at every message is given up`() throws {
        let targets = (0..<20).map { _ in
            let target = ScriptedTarget(clock)
            target.breaksAfter = 0
            return target
        }
        let report = try run([message(0)], to: targets)
        guard case .connectionLost = report.ending else {
            Issue.record("ended as \(report.ending)")
            return
        }
        #expect(report.unsent == 1)
        #expect(report.disconnections == 5)
    }

    @Test func `a broker that freezes in the middle is given up after half a minute and another half for connecting`()
        throws
    {
        let first = ScriptedTarget(clock)
        first.freezesAfter = 1
        let silent = (0..<50).map { _ in
            let target = ScriptedTarget(clock)
            target.answers = false
            return target
        }
        let start = clock.monotonic
        let offsets: [Int64] = [0, 100_000_000_000, 110_000_000_000, 900_000_000_000]
        let messages = offsets.enumerated().map { message($0.offset, offset: $0.element, qos: .atLeastOnce) }
        let report = try run(messages, to: [first] + silent)
        guard case .connectionLost(let reason) = report.ending else {
            Issue.record("ended as \(report.ending)")
            return
        }
        #expect(reason.contains("nothing for 30 s"))
        // The quiet before the second message is no standstill: it counts from when that was due.
        #expect((160_000_000_000...161_000_000_000).contains(clock.monotonic - start))
        #expect(report.sent == 1)
        #expect(report.unsent == 3)
        #expect(report.acknowledged == 1)
        #expect(report.unacknowledged == 0)
        #expect(!report.isComplete)
    }

    @Test func `after a standstill the replay goes on over a new connection`() throws {
        let first = ScriptedTarget(clock)
        first.acknowledges = false
        let second = ScriptedTarget(clock)
        let report = try run((0..<25).map { message($0, qos: .atLeastOnce) }, pace: .maximum, to: [first, second])
        #expect(report.isComplete)
        #expect(report.acknowledged == 25)
        #expect(report.repeated == 20)
        #expect(report.disconnections == 1)
    }

    @Test func `a second standstill without anything done in between ends it`() throws {
        let targets = (0..<5).map { _ in
            let target = ScriptedTarget(clock)
            target.acknowledges = false
            return target
        }
        let start = clock.monotonic
        let report = try run((0..<25).map { message($0, qos: .atLeastOnce) }, pace: .maximum, to: targets)
        #expect(report.ending == .silence(seconds: 30))
        #expect(report.disconnections == 1)
        #expect(report.unacknowledged == 20)
        #expect(clock.monotonic - start < 65_000_000_000)
    }

    @Test func `a message that never reached a socket is unsent, not unacknowledged`() throws {
        let targets = (0..<2).map { _ in
            let target = ScriptedTarget(clock)
            target.isBlocked = true
            return target
        }
        let report = try run([message(0, qos: .atLeastOnce)], to: targets)
        #expect(report.ending == .silence(seconds: 30))
        #expect(report.unsent == 1)
        #expect(report.unacknowledged == 0)
    }

    // MARK: Connections that break

    private func lost(_ target: ScriptedTarget) -> ConnectionError { .lost(broker: target.broker, reason: "test") }

    @Test func `a connection that breaks while it is written is made anew, and what it had is sent again`() throws {
        let (broken, second) = (ScriptedTarget(clock), ScriptedTarget(clock))
        broken.acknowledges = false
        let bench = PublisherBench(clock, (0..<4).map { Cue(message($0, offset: Int64($0) * 10, qos: .atLeastOnce)) })
        bench.at(15) { [self] in broken.flushError = lost(broken) }
        var targets = [broken, second][...]
        bench.makeTarget = { [clock] _ in targets.popFirst() ?? ScriptedTarget(clock) }
        let report = try bench.run()
        #expect(second.published.map(\.sequence) == ["0", "1", "2", "3"])
        #expect(report.disconnections == 1)
        #expect(report.repeated == 2)
        #expect(report.isComplete)
    }

    @Test func `a broker that does not answer a PING is left, also where nothing is on its way`() throws {
        let (silent, second) = (ScriptedTarget(clock), ScriptedTarget(clock))
        let bench = PublisherBench(
            clock, [0, 60_000_000_000].map { Cue(message(Int($0 / 1_000_000_000), offset: $0)) })
        bench.at(10_000_000_000) { [self] in silent.maintainError = lost(silent) }
        var targets = [silent, second][...]
        bench.makeTarget = { [clock] _ in targets.popFirst() ?? ScriptedTarget(clock) }
        let report = try bench.run()
        #expect(silent.published.map(\.sequence) == ["0"])
        #expect(second.published.map(\.sequence) == ["60"])
        #expect(report.disconnections == 1)
        #expect(report.repeated == 0)
        #expect(report.isComplete)
    }

    @Test func `a connection that is gone for good before the tape was read ends it with the reason`() throws {
        let first = ScriptedTarget(clock)
        first.maintainError = lost(first)
        let bench = PublisherBench(clock, [Cue(message(0))])
        bench.isReading = true
        var targets = [first][...]
        bench.makeTarget = { [clock] _ in
            if let target = targets.popFirst() { return target }
            let target = ScriptedTarget(clock)
            target.connectError = .unreachable(broker: target.broker, reason: "nobody is there")
            return target
        }
        let error = #expect(throws: ReplayError.self) { try bench.run() }
        #expect(error?.description.contains("nobody is there") == true)
        #expect(first.published.isEmpty)
    }

    @Test func `a broker that takes the connection and says nothing is asked about`() throws {
        let target = ScriptedTarget(clock)
        target.answers = false
        let error = #expect(throws: ReplayError.self) { try run([message(0)], to: [target]) }
        #expect(
            error?.description == "the broker at mqtt://scripted.example:1883 took the connection but did not answer "
                + "for 10 s; is it an MQTT broker?")
    }

    @Test func `a tape that cannot be read to its end ends the replay behind what could be read`() throws {
        let target = ScriptedTarget(clock)
        let bench = PublisherBench(clock, (0..<3).map { Cue(message($0)) })
        bench.failure = ReplayError.system(action: "read the tape", reason: "test")
        bench.makeTarget = { _ in target }
        let report = try bench.run()
        #expect(target.published.map(\.sequence) == ["0", "1", "2"])
        #expect(report.ending == .tapeFailed("cannot read the tape: test"))
        #expect(!report.isComplete)
    }

    @Test func `no more bytes are on their way than the limit, but for a single message`() throws {
        let target = ScriptedTarget(clock)
        target.acknowledges = false
        var limits = PublisherLimits()
        let messages = (0..<6).map { message($0, qos: .atLeastOnce, bytes: 10_000) }
        limits.bytes = 2 * messages[0].cost
        var deepest = 0
        let bench = PublisherBench(clock, messages.map { Cue($0) })
        bench.settings.pace = .maximum
        bench.limits = limits
        bench.makeTarget = { _ in target }
        for second in 1...6 {
            bench.at(Int64(second) * 1_000_000_000) {
                deepest = max(deepest, target.published.count - 2 * (second - 1))
                target.acknowledgeAll()
            }
        }
        let report = try bench.run()
        #expect(deepest == 2)
        #expect(report.isComplete)
        limits.bytes = 1
        #expect(try run(messages, pace: .maximum, to: [ScriptedTarget(clock)], limits: limits).isComplete)
    }

    @Test func `refusals are counted by code and the QoS is lowered to what the broker takes`() throws {
        let target = ScriptedTarget(clock)
        target.reasonCode = 0x87
        target.terms.maximumQoS = .atLeastOnce
        let report = try run([message(0, qos: .exactlyOnce), message(1, qos: .atMostOnce)], to: [target])
        #expect(target.published.map(\.qos) == [.atLeastOnce, .atMostOnce])
        #expect(report.loweredQoS == 1)
        #expect(report.refusedByCode == [0x87: 1])
        #expect(!report.isComplete)
    }

    @Test func `what cannot be sent is counted and the rest goes on`() throws {
        let target = ScriptedTarget(clock)
        let report = try run([message(0), message(1, topic: "bad"), message(2)], to: [target])
        #expect(target.published.map(\.sequence) == ["0", "2"])
        #expect(report.unsendable == 1)
        #expect(report.unsendableExamples.first?.contains("seq 1") == true)
        #expect(report.unsent == 0)
    }

    @Test func `a peer that is the source gets nothing`() throws {
        let target = ScriptedTarget(clock)
        #expect(throws: ReplayError.self) {
            try run([message(0)], to: [target]) { _ throws(ReplayError) in
                throw .source(SourceMatch(target: "t", session: 1, broker: "b"))
            }
        }
        #expect(target.published.isEmpty)
    }
}
