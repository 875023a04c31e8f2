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
