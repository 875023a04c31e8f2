import DeviceProtocol
import TestSupport
import Testing

@testable import Recorder
@testable import Tape

/// A tape that cannot be written for a while.
@Suite struct HoldingTests {
    /// A message for which a full tape has no room.
    private static let large: [UInt8] = {
        var random = SeededGenerator(seed: 1)
        return (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    }()

    @Test(arguments: [(70 as UInt16, 0 as Int64?), (3, nil)])
    func `nothing is read or acknowledged while the tape is full, the connection is kept, and it goes on by itself`(
        numbered: UInt16, missing: Int64?
    ) throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker)
        // So many numbers in a row prove that none is missing, fewer do not.
        for id in 1...numbered { client.publish("v1/a", "\(id)", packetID: id) }
        for id in 1...numbered { #expect(try client.readAcknowledgement() == id) }

        try bench.onRecorder { $0.writer.limitPages(to: 1) }
        client.publish("v1/a", Self.large, packetID: numbered + 1)
        try bench.wait("the tape to be full") { $0.contains { $0.holding == .diskFull } }
        client.publish("v1/a", "after", packetID: numbered + 2)
        try bench.onRecorder { [time = bench.time] _ in time.advance(seconds: 20) }
        // A third of the keep alive has passed: a sign of life, and no acknowledgement before it.
        try client.readPing()
        #expect(try bench.onRecorder { $0.taken } == Int64(numbered) + 1)

        try bench.onRecorder { $0.writer.limitPages(to: 1 << 30) }
        #expect(try client.readAcknowledgement() == numbered + 1)
        #expect(try client.readAcknowledgement() == numbered + 2)
        try bench.until("the row to end") { [time = bench.time] recorder in
            time.advance(seconds: 1)
            return recorder.clients[0].holds.isEmpty
        }
        let open = try bench.onRecorder { $0.statistics.holding }
        #expect(open == nil)
        try bench.stop()
        let resumed = bench.events.compactMap(\.resumption)
        #expect(resumed.map(\.cause) == [.diskFull])
        #expect(resumed.allSatisfy { $0.after >= 20_000_000_000 })
        let rows = try bench.gaps(.diskFull)
        #expect(rows.map(\.missing) == [missing])
        let length = rows.first.map { ($0.endedAt?.nanoseconds ?? 0) - $0.beganAt.nanoseconds } ?? 0
        #expect(length >= 20_000_000_000)
        #expect(try TapeReader(path: bench.tape).summary().messages == Int64(numbered) + 2)
    }

    @Test func `a recording that ends before what waited was read says that messages may be missing`() throws {
        let bench = try RecorderBench()
        let broker = try ScriptedBroker()
        let client = try bench.record(broker)
        for id in 1...70 as ClosedRange<UInt16> { client.publish("v1/a", "\(id)", packetID: id) }
        for _ in 1...70 { _ = try client.readAcknowledgement() }
        try bench.onRecorder { $0.writer.limitPages(to: 1) }
        client.publish("v1/a", Self.large, packetID: 71)
        try bench.wait("the tape to be full") { $0.contains { $0.holding == .diskFull } }
        try bench.onRecorder { $0.writer.limitPages(to: 1 << 30) }
        bench.tellToStop()
        _ = try bench.outcome().get()
        let rows = try bench.gaps(.diskFull)
        #expect(rows.map(\.missing) == [nil])
        #expect(rows.allSatisfy { $0.endedAt != nil })
    }
}

extension RecorderEvent {
    fileprivate var holding: Gap.Cause? {
        if case .progress(let statistics) = self { statistics.holding } else { nil }
    }

    fileprivate var resumption: (cause: Gap.Cause, after: Int64)? {
        if case .resumed(let cause, let after) = self { (cause, after) } else { nil }
    }
}
