import DeviceProtocol
import TestSupport
import Testing

@testable import Recorder
@testable import Tape

/// What the ledger says of a wall clock that does not go evenly.
@Suite struct ClockTests {
    private static let second: Int64 = 1_000_000_000
    /// Two clocks are read one after the other.
    private static let noise: Int64 = 20_000_000

    /// Lets something happen to the clocks, and a second pass, after which they are looked at.
    private func change(_ bench: RecorderBench, _ happens: @escaping @Sendable (MovedTime) -> Void) throws {
        let known = bench.events.count(where: \.isClockChange)
        try bench.onRecorder { [time = bench.time] _ in
            happens(time)
            time.advance(seconds: 1)
        }
        try bench.wait("the clock to be looked at") { $0.count(where: \.isClockChange) > known }
    }

    @Test func `a clock that is set forward leaves out time, one that is set back has it twice`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker)
        client.publish("v1/a", "before", packetID: 1)
        _ = try client.readAcknowledgement()
        try change(bench) { $0.setWall(bySeconds: 3_600) }
        client.publish("v1/a", "ahead", packetID: 2)
        _ = try client.readAcknowledgement()
        try change(bench) { $0.setWall(bySeconds: -7_200) }
        try bench.stop()

        for (cause, seconds) in [(Gap.Cause.clockForward, 3_600), (.clockBack, 7_200)] as [(Gap.Cause, Int64)] {
            let rows = try bench.gaps(cause)
            #expect(rows.map(\.missing) == [0])
            let length = rows.first.map { ($0.endedAt?.nanoseconds ?? 0) - $0.beganAt.nanoseconds } ?? 0
            #expect(abs(length - seconds * Self.second) < Self.noise)
            #expect(rows.first?.detail?.wholeMatch(of: #/by \d{7} ms/#) != nil)
        }
        // What came after the step is dated by the new clock.
        let cursor = try TapeReader(path: bench.tape).messages()
        let first = try #require(try cursor.next()?.arrival.nanoseconds)
        let second = try #require(try cursor.next()?.arrival.nanoseconds)
        #expect(second - first > 3_600 * Self.second)
    }

    @Test func `a machine that slept may have missed what came since the broker's last sign of life`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker)
        client.publish("v1/a", "x", packetID: 1)
        _ = try client.readAcknowledgement()
        try change(bench) { $0.suspend(seconds: 60) }
        try bench.stop()
        let gap = try #require(try bench.gaps(.suspended).first)
        #expect(gap.missing == nil)
        #expect(gap.detail?.contains("wall time moved by") == true)
        #expect(try #require(gap.endedAt?.nanoseconds) - gap.beganAt.nanoseconds >= 60 * Self.second)
        #expect(try bench.gaps(.clockForward).isEmpty)
    }

    @Test func `a clock that is set before anything is recorded changes nothing but the dates`() throws {
        let bench = try RecorderBench()
        try bench.start("unix:\(bench.socket)") { $0.waitsForBroker = true }
        try bench.wait("the first attempt") { $0.contains { $0.disconnection != nil } }
        try bench.onRecorder { [time = bench.time] _ in
            time.setWall(bySeconds: 3_600)
            time.advance(seconds: 1)
        }
        try bench.until("the clock to be looked at") { $0.offsets.first?.cause == .step }
        let broker = try ScriptedBroker(path: bench.socket)
        try bench.onRecorder { [time = bench.time] _ in time.advance(seconds: 30) }
        let client = try broker.accept()
        try client.answerSubscribe(1)
        client.publish("v1/a", "x", packetID: 1)
        _ = try client.readAcknowledgement()
        let now = bench.time.wall
        try bench.stop()
        let arrival = try #require(try TapeReader(path: bench.tape).messages().next()?.arrival.nanoseconds)
        #expect(abs(now - arrival) < 30 * Self.second)
        #expect(try bench.gaps(.clockForward).isEmpty)
    }
}

extension RecorderEvent {
    fileprivate var isClockChange: Bool { if case .clockChanged = self { true } else { false } }
}
