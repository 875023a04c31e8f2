import DeviceProtocol
import MQTTWire
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct MergeTests {
    private static let second: Int64 = 1_000_000_000

    /// A tape of messages at these seconds, whose payloads are given.
    private func tape(
        _ path: String, client: String = "a", _ messages: [(Double, String)], monotonic: Int64 = 0,
        properties: [PublishProperty] = [], retain: Bool = false, qos: QualityOfService = .atLeastOnce,
        start: Int64 = TapeWriter.testOffset
    ) throws {
        let writer = try TapeWriter(path: path)
        let offset = start - monotonic
        try writer.begin(
            Session(
                source: "record", broker: "mqtt://test:1883", clientID: client, recorder: "tests",
                startedAt: Timestamp(nanoseconds: start)),
            clock: ArrivalClock.Offset(cause: .start, monotonic: 0, offset: offset, change: 0))
        _ = try writer.tapeID()
        for (second, payload) in messages {
            writer.append(
                RecordedMessage(
                    sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0),
                    monotonic: Int64(second * 1e9) + monotonic, topic: "v1/device/d/telemetry",
                    payload: Array(payload.utf8), qos: qos, retain: retain, packetID: qos == .atMostOnce ? nil : 3,
                    properties: PublishProperties(properties)))
        }
        try writer.end(at: Timestamp(nanoseconds: start + 100 * Self.second), reason: "signal")
    }

    private func merge(
        _ folder: borrowing TemporaryFolder, _ names: [String], tolerance: Int64? = 2 * second
    ) throws -> (messages: [RecordedMessage], duplicates: Int64) {
        let output = folder.path("out\(UInt32.random(in: .min ... .max)).tape")
        let merger = TapeMerger(try names.map { try TapeReader(path: folder.path($0)) }, tolerance: tolerance)
        let report = try merger.write(to: output)
        var faults: [TapeFault] = []
        _ = try TapeVerifier(path: output).verify { faults.append($0) }
        #expect(faults.isEmpty, "\(faults)")
        return (try TapeReader(path: output).allMessages(), report?.duplicates ?? -1)
    }

    private func payloads(_ messages: [RecordedMessage]) -> [String] {
        messages.map { String(decoding: $0.payload, as: UTF8.self) }
    }

    @Test func `the time between tapes in which none was recorded stands in the ledger`() throws {
        let folder = try TemporaryFolder()
        func start(_ seconds: Int64) -> Int64 { TapeWriter.testOffset + seconds * Self.second }
        try tape(folder.path("a"), [(1, "a")], start: start(0))
        try tape(folder.path("b"), client: "b", [(1, "b")], start: start(60))
        try tape(folder.path("c"), client: "c", [(1, "c")], start: start(200))
        let output = folder.path("out.tape")
        let tapes = try ["c", "a", "b"].map { try TapeReader(path: folder.path($0)) }
        _ = try TapeMerger(tapes, tolerance: nil).write(to: output)
        let gaps = try TapeReader(path: output).gaps()
        #expect(gaps.map(\.cause) == ["stopped"])
        #expect(gaps.map(\.beganAt.nanoseconds) == [start(160)])
        #expect(gaps.map(\.endedAt?.nanoseconds) == [start(200)])
    }

    @Test func `a time that a tape's own ledger covers is not noted again`() throws {
        let folder = try TemporaryFolder()
        func start(_ seconds: Int64) -> Int64 { TapeWriter.testOffset + seconds * Self.second }
        try tape(folder.path("a"), [(1, "a")], start: start(0))
        try tape(folder.path("b"), client: "b", [(1, "b")], start: start(200))
        let writer = try TapeWriter(path: folder.path("b"))
        _ = try writer.begin(
            Session(
                source: "record", broker: "mqtt://test:1883", clientID: "b", recorder: "tests",
                startedAt: Timestamp(nanoseconds: start(400))),
            clock: ArrivalClock.Offset(cause: .start, monotonic: 0, offset: start(400), change: 0))
        try writer.addGap(
            Gap(
                session: 0, cause: .disconnected, beganAt: Timestamp(nanoseconds: start(50)),
                endedAt: Timestamp(nanoseconds: start(250))))
        try writer.end(at: Timestamp(nanoseconds: start(500)), reason: "signal")
        let output = folder.path("out.tape")
        let tapes = try ["a", "b"].map { try TapeReader(path: folder.path($0)) }
        _ = try TapeMerger(tapes, tolerance: nil).write(to: output)
        let gaps = try TapeReader(path: output).gaps()
        #expect(!gaps.contains { $0.detail == "none of the merged tapes was being recorded" })
        #expect(gaps.contains { $0.cause == "disconnected" && $0.beganAt.nanoseconds == start(50) })
    }

    @Test func `messages and ledger rows whose session is lost get one that says so`() throws {
        let folder = try TemporaryFolder()
        try tape(folder.path("a"), [(1, "a")])
        try tape(folder.path("b"), client: "b", [(2, "b")])
        do {
            let connection = try Connection(path: folder.path("b"), mode: .readWrite)
            try connection.execute(
                """
                INSERT INTO gap (session, cause, began_at) VALUES (7, 'disconnected', 1);
                DELETE FROM session
                """)
        }
        let output = folder.path("out.tape")
        let tapes = try ["a", "b"].map { try TapeReader(path: folder.path($0)) }
        _ = try TapeMerger(tapes, tolerance: nil).write(to: output)
        let reader = try TapeReader(path: output)
        #expect(payloads(try reader.allMessages()) == ["a", "b"])
        #expect(try reader.sessions().map(\.source) == ["record", "unknown"])
        let gap = try #require(try reader.gaps().first { $0.beganAt.nanoseconds == 1 })
        #expect(gap.session == 2)
    }

    @Test func `messages come in order of time with their sessions and both of their times`() throws {
        let folder = try TemporaryFolder()
        try tape(folder.path("a"), [(1, "a1"), (3, "a3"), (5, "a5")], monotonic: 77)
        try tape(folder.path("b"), client: "b", [(2, "b2"), (3, "b3"), (4, "b4")], monotonic: 9_000_000_000_000)
        let (messages, duplicates) = try merge(folder, ["a", "b"])
        #expect(payloads(messages) == ["a1", "b2", "a3", "b3", "b4", "a5"] && duplicates == 0)
        #expect(messages.map(\.session) == [1, 2, 1, 2, 2, 1])
        #expect(messages[0].monotonic == Self.second + 77 && messages[1].monotonic == 9_002 * Self.second)
        #expect(messages.map(\.sequence) == Array(1...6))
    }

    @Test func `a session of interleaved ones is found whole`() throws {
        let folder = try TemporaryFolder()
        try tape(folder.path("a"), [(1, "a1"), (3, "a3"), (5, "a5")])
        try tape(folder.path("b"), client: "b", [(2, "b2"), (4, "b4")])
        let output = folder.path("out.tape")
        _ = try TapeMerger(
            [try TapeReader(path: folder.path("a")), try TapeReader(path: folder.path("b"))], tolerance: 0
        )
        .write(to: output)
        let reader = try TapeReader(path: output)
        for (session, expected) in [(Int64(1), ["a1", "a3", "a5"]), (2, ["b2", "b4"])] {
            var selection = Selection()
            selection.sessions = [session]
            #expect(payloads(try reader.allMessages(selection)) == expected)
        }
        #expect(try reader.sessions().map(\.clientID) == ["a", "b"])
    }

    @Test func `a publish that both tapes have is kept once, each matched with one`() throws {
        let folder = try TemporaryFolder()
        try tape(folder.path("a"), [(1, "x"), (1.5, "x"), (2, "x"), (9, "y")])
        try tape(folder.path("b"), [(1.1, "x"), (1.6, "x"), (12, "y")], qos: .atMostOnce)
        let (messages, duplicates) = try merge(folder, ["a", "b"])
        #expect(payloads(messages) == ["x", "x", "x", "y", "y"] && duplicates == 2)
        #expect(messages.map(\.session) == [1, 1, 1, 1, 2])
        let (all, none) = try merge(folder, ["a", "b"], tolerance: nil)
        #expect(all.count == 7 && none == 0)
        let (wide, more) = try merge(folder, ["b", "a"], tolerance: 3 * Self.second)
        #expect(wide.count == 4 && more == 3)
    }

    @Test func `equal messages of one tape are never dropped for one another`() throws {
        let folder = try TemporaryFolder()
        try tape(folder.path("a"), (1...9).map { (Double($0) / 10, "x") })
        try tape(folder.path("b"), (1...4).map { (Double($0) / 10, "x") })
        try tape(folder.path("c"), (1...6).map { (Double($0) / 10, "x") })
        let (messages, duplicates) = try merge(folder, ["a", "b", "c"])
        #expect(messages.count == 9 && duplicates == 10)
        #expect(try merge(folder, ["b", "c"]).messages.count == 6)
    }

    @Test func `what differs is kept`() throws {
        let folder = try TemporaryFolder()
        let plain: [PublishProperty] = [.userProperty(name: "k", value: "v")]
        try tape(folder.path("a"), [(1, "x")], properties: plain)
        try tape(folder.path("retained"), [(1, "x")], properties: plain, retain: true)
        try tape(folder.path("other"), [(1, "x")], properties: [.userProperty(name: "k", value: "w")])
        try tape(folder.path("same"), [(1, "x")], properties: [.subscriptionIdentifier(7)] + plain)
        #expect(try merge(folder, ["a", "retained", "other"]).duplicates == 0)
        #expect(try merge(folder, ["a", "same"]).duplicates == 1)
        let placeholder = "redacted:" + String(repeating: "0", count: 31)
        try tape(
            folder.path("r1"), [(1, "x")], properties: [.userProperty(name: "access_key", value: placeholder + "1")])
        try tape(
            folder.path("r2"), [(1, "x")], properties: [.userProperty(name: "access_key", value: placeholder + "2")])
        #expect(try merge(folder, ["r1", "r2"]).duplicates == 1)
        try tape(folder.path("p1"), [(1, "{\"u\":\"x?sig=\(placeholder)1\"}")])
        try tape(folder.path("p2"), [(1, "{\"u\":\"x?sig=\(placeholder)2\"}")])
        #expect(try merge(folder, ["p1", "p2"]).duplicates == 1)
    }

    @Test func `copies of one tape are matched by number, and their sessions and ledgers are one`() throws {
        let tape = try MixedTape()
        let copy = tape.folder.path("copy.tape")
        do {
            let connection = try Connection(path: tape.path, mode: .readWrite)
            try connection.execute("INSERT OR IGNORE INTO tape VALUES ('id', 'abc')")
            try connection.execute("VACUUM INTO '\(copy)'")
        }
        do {
            let connection = try Connection(path: copy, mode: .readWrite)
            // The copy has lost its oldest messages, the original its youngest.
            try connection.execute("DELETE FROM segment WHERE first_seq = 1")
        }
        try tape.change("DELETE FROM journal WHERE first_seq >= 501")
        let output = tape.folder.path("out.tape")
        let report = try TapeMerger(
            [try TapeReader(path: tape.path), try TapeReader(path: copy)], tolerance: 0
        ).write(to: output)
        #expect(report?.duplicates == 300 && report?.copy.messages == 600 && report?.copy.sessions == 3)
        let merged = try TapeReader(path: output)
        #expect(try merged.allMessages().map(\.essence) == tape.messages.map(\.essence))
        #expect(try merged.gaps().count == 2)
    }

    @Test func `a long run of equal messages takes neither time nor memory`() {
        var seen = SeenPublishes(tolerance: 1_000 * Self.second)
        for number in 0..<5_000 {
            let message = RecordedMessage.plain("t", at: 0)
            _ = seen.find(message, .init(tape: 0, sequence: Int64(number)), number: Int64(number + 1))
        }
        #expect(seen.find(.plain("t", at: 0), .init(tape: 1, sequence: 1), number: 9) == 1)
    }
}
