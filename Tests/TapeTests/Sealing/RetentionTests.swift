import DeviceProtocol
import MQTTWire
import SQLite
import TestSupport
import Testing

@testable import Tape

/// Tapes whose segments hold `count` messages each, one message a second, and what retention leaves of them.
@Suite final class RetentionTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("t.tape")
    }

    /// Writes `segments` segments of `count` messages from two devices; the payloads do not shrink.
    private func fill(segments: Int, count: Int, payloadSize: Int = 10) throws {
        var random = SeededGenerator(seed: 1)
        let writer = try TapeWriter.began(path)
        let sealer = try TapeSealer(path: path, besideWriter: true)
        var second: Int64 = 0
        for _ in 0..<segments {
            for index in 0..<count {
                second += 1
                writer.append(
                    RecordedMessage(
                        sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: second * 1_000_000_000,
                        topic: "v1/device/d\(index % 2)/telemetry",
                        payload: (0..<payloadSize).map { _ in .random(in: 0...255, using: &random) },
                        qos: .atLeastOnce))
            }
            try writer.commit()
            _ = try sealer.sealNext(.all)
        }
        try writer.end(at: Timestamp(nanoseconds: TapeWriter.testOffset + second * 1_000_000_000), reason: "signal")
        sealer.checkpoint()
    }

    private func wall(second: Int64) -> Timestamp {
        Timestamp(nanoseconds: TapeWriter.testOffset + second * 1_000_000_000)
    }

    private func prune(_ change: (inout Retention) -> Void, now: Timestamp) throws -> Int64 {
        var retention = Retention()
        change(&retention)
        let sealer = try TapeSealer(path: path)
        var deleted: Int64 = 0
        while let count = try sealer.deleteNext(retention, now: now) { deleted += count }
        try sealer.giveBackFreeSpace()
        sealer.checkpoint()
        return deleted
    }

    @Test func `only segments whose last message is too old are deleted`() throws {
        try fill(segments: 4, count: 10)
        // The second segment ends at second 20; at second 121 its last message is just over 100 s old.
        #expect(try prune({ $0.age = 100_000_000_000 }, now: wall(second: 121)) == 20)
        let tape = try TapeReader(path: path)
        let left = try tape.allMessages()
        #expect(left.map(\.sequence) == Array(21...40))
    }

    @Test func `what somebody still needs is deleted neither for its age nor for the tape's size`() throws {
        try fill(segments: 4, count: 10)
        // Second 15 stands in the second segment.
        let needed = wall(second: 15)
        let later = wall(second: 1_000)
        #expect(try prune({ ($0.age, $0.keepsFrom) = (1_000_000_000, needed) }, now: later) == 10)
        #expect(try prune({ ($0.size, $0.keepsFrom) = (1, needed) }, now: later) == 0)
        #expect(try prune({ $0.age = 1_000_000_000 }, now: later) == 30)
    }

    @Test func `a tape is brought below its size, and the file shrinks`() throws {
        try fill(segments: 8, count: 200, payloadSize: 1_000)
        let before = try TapeReader(path: path).summary().fileSize
        #expect(try prune({ $0.size = before / 2 }, now: wall(second: 0)) > 0)
        let tape = try TapeReader(path: path)
        #expect(try tape.summary().fileSize <= before / 2)
        #expect(try tape.allMessages().count > 0, "no more than needed goes")
    }

    @Test func `nothing is deleted without a limit, nor within the limits`() throws {
        try fill(segments: 2, count: 10)
        #expect(try prune({ _ in }, now: wall(second: 1_000_000)) == 0)
        #expect(try prune({ $0.age = .max / 2 }, now: wall(second: 1_000)) == 0)
        #expect(try prune({ $0.size = 1 << 40 }, now: wall(second: 1_000)) == 0)
        #expect(try prune({ $0.free = 1 }, now: wall(second: 1_000)) == 0)
    }

    @Test func `what was deleted stands in the loss ledger, in one row that grows`() throws {
        try fill(segments: 4, count: 10)
        _ = try prune({ $0.age = 100_000_000_000 }, now: wall(second: 111))
        _ = try prune({ $0.age = 100_000_000_000 }, now: wall(second: 121))
        let gaps = try TapeReader(path: path).gaps().filter { $0.cause == Gap.Cause.deleted.rawValue }
        #expect(gaps.map(\.missing) == [20])
        #expect(gaps.first?.beganAt == wall(second: 1))
        #expect(gaps.first?.endedAt == wall(second: 20))
    }

    @Test func `the catalogue counts what is left`() throws {
        try fill(segments: 4, count: 10)
        _ = try prune({ $0.age = 100_000_000_000 }, now: wall(second: 121))
        let tape = try TapeReader(path: path)
        #expect(try tape.summary().messages == 20)
        #expect(try tape.summary().firstArrival == wall(second: 21))
        #expect(try tape.activity().map(\.messages) == [10, 10])
    }

    @Test func `numbers are not used again where everything was deleted`() throws {
        try fill(segments: 2, count: 10)
        #expect(try prune({ $0.age = 0 }, now: wall(second: 1_000)) == 20)
        let writer = try TapeWriter.began(path, startedAt: wall(second: 2_000).nanoseconds)
        let sequence = writer.append(
            RecordedMessage(
                sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: 3_000_000_000_000, topic: "a",
                payload: [], qos: .atMostOnce))
        #expect(sequence == 21)
    }
}
