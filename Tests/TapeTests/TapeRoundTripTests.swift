import DeviceProtocol
import MQTTWire
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct TapeRoundTripTests {
    @Test func `every message comes back whole, in order, once`() throws {
        let folder = try TemporaryFolder()
        var random = SeededGenerator(seed: 7)
        var expected: [RecordedMessage] = []
        let writer = try TapeWriter.began(folder.path("t.tape"))
        var time: Int64 = 1_000
        for _ in 0..<40 {
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                time += Int64.random(in: 1...2_000_000_000, using: &random)
                let message = RecordedMessage.random(at: time, using: &random)
                let sequence = writer.append(message)
                expected.append(message.placed(sequence, offset: TapeWriter.testOffset))
            }
            try writer.commit()
        }
        try writer.end(at: Timestamp(nanoseconds: time), reason: "signal")

        let reader = try TapeReader(path: folder.path("t.tape"))
        #expect(try reader.allMessages() == expected)
        let summary = try reader.summary()
        #expect(summary.messages == Int64(expected.count))
        #expect(summary.bytes == expected.reduce(0) { $0 + Int64($1.size) })
        #expect(summary.firstArrival == expected.first?.arrival)
        #expect(summary.lastArrival == expected.last?.arrival)
    }

    @Test func `what was not committed is not on the tape`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        writer.append(.plain("a", at: 1))
        try writer.commit()
        writer.append(.plain("b", at: 2))
        #expect(try TapeReader(path: folder.path("t.tape")).allMessages().map(\.topic) == ["a"])
    }

    @Test func `a reader keeps its view until it is refreshed`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        writer.append(.plain("a", at: 1))
        try writer.commit()
        let reader = try TapeReader(path: folder.path("t.tape"))
        writer.append(.plain("b", at: 2))
        try writer.commit()
        #expect(try reader.allMessages().map(\.topic) == ["a"])
        try reader.refresh()
        #expect(try reader.allMessages().map(\.topic) == ["a", "b"])
        #expect(try reader.messages(after: 1).next()?.topic == "b")
    }

    @Test func `sequence numbers go on without a hole in the next session`() throws {
        let folder = try TemporaryFolder()
        for session in 1...3 {
            let writer = try TapeWriter.began(folder.path("t.tape"), startedAt: Int64(session) * 100)
            writer.append(.plain("a", at: Int64(session)))
            writer.append(.plain("b", at: Int64(session) + 1))
            try writer.end(at: Timestamp(nanoseconds: Int64(session) * 100 + 50), reason: "signal")
        }
        let messages = try TapeReader(path: folder.path("t.tape")).allMessages()
        #expect(messages.map(\.sequence) == [1, 2, 3, 4, 5, 6])
        #expect(messages.map(\.session) == [1, 1, 2, 2, 3, 3])
    }

    @Test func `a step of the wall clock changes wall time and nothing else`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        writer.append(.plain("a", at: 1_000))
        writer.append(.plain("b", at: 2_000))
        try writer.setClock(
            ArrivalClock.Offset(cause: .step, monotonic: 2_500, offset: TapeWriter.testOffset - 1_800, change: -1_800))
        writer.append(.plain("c", at: 3_000))
        try writer.commit()
        let reader = try TapeReader(path: folder.path("t.tape"))
        let messages = try reader.allMessages()
        #expect(messages.map(\.topic) == ["a", "b", "c"])
        #expect(messages.map(\.monotonic) == [1_000, 2_000, 3_000])
        #expect(messages[2].arrival.nanoseconds == TapeWriter.testOffset + 1_200)
        let steps = try reader.clockSteps()
        #expect(steps.map(\.change) == [-1_800])
        #expect(steps[0].at.nanoseconds == TapeWriter.testOffset + 2_500)
    }

    @Test func `a killed session is closed by the next one, and the ledger says since when`() throws {
        let folder = try TemporaryFolder()
        do {
            let writer = try TapeWriter.began(folder.path("t.tape"), startedAt: TapeWriter.testOffset)
            writer.append(.plain("a", at: 5_000))
            try writer.commit()
        }
        let before = try TapeReader(path: folder.path("t.tape")).gaps()
        #expect(before.map(\.cause) == ["killed"])
        #expect(before[0].beganAt.nanoseconds == TapeWriter.testOffset + 5_000)
        #expect(before[0].endedAt == nil)
        _ = try TapeWriter.began(folder.path("t.tape"), startedAt: TapeWriter.testOffset + 9_000)
        let reader = try TapeReader(path: folder.path("t.tape"))
        let gap = try #require(try reader.gaps().first)
        #expect(gap.cause == "killed")
        #expect(gap.beganAt.nanoseconds == TapeWriter.testOffset + 5_000)
        #expect(gap.endedAt?.nanoseconds == TapeWriter.testOffset + 9_000)
        #expect(try reader.sessions()[0].endReason == "killed")
    }

    @Test func `the ledger answers the rows that touch a window`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        let closed = try writer.addGap(
            Gap(session: 0, cause: .disconnected, beganAt: Timestamp(nanoseconds: 100)))
        try writer.closeGap(closed, at: Timestamp(nanoseconds: 200))
        try writer.addGap(Gap(session: 0, cause: .disconnected, beganAt: Timestamp(nanoseconds: 500)))
        let reader = try TapeReader(path: folder.path("t.tape"))
        func count(_ since: Int64, _ until: Int64) throws -> Int {
            try reader.gaps(since: Timestamp(nanoseconds: since), until: Timestamp(nanoseconds: until)).count
        }
        #expect(try count(0, 100) == 0)
        #expect(try count(0, 101) == 1)
        #expect(try count(150, 160) == 1)
        #expect(try count(201, 300) == 0)
        #expect(try count(600, 700) == 1)
        #expect(try reader.gaps().count == 2)
    }

    @Test func `recent deliveries are those of the broker session that goes on, oldest first`() throws {
        let folder = try TemporaryFolder()
        let writer = try TapeWriter.began(folder.path("t.tape"))
        writer.append(.plain("old", at: 1, packetID: 9))
        try writer.beginBrokerSession()
        for id in UInt16(1)...5 {
            writer.append(.plain("t\(id)", at: Int64(id) + 1, packetID: id))
            writer.append(.plain("qos0", at: Int64(id) + 1))
            if id == 3 { try writer.commit() }
        }
        try writer.commit()
        #expect(try writer.recentDeliveries(limit: 100).map(\.packetID) == [1, 2, 3, 4, 5])
        #expect(try writer.recentDeliveries(limit: 2).map(\.packetID) == [4, 5])
        #expect(try writer.recentDeliveries(limit: 1).map(\.sequence) == [10])
    }
}
