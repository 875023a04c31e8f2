import DeviceProtocol
import MQTTWire
import TestSupport
import Testing

@testable import Tape

@Suite final class RingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let second: Int64 = 1_000_000_000
    private static let start = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    /// A tape with a batch each second, two messages in each.
    private func recorded(seconds: Int64) throws -> String {
        let path = folder.path("ring.tape")
        let writer = try TapeWriter(path: path)
        try writer.begin(
            Session(source: "record", broker: "b", clientID: "c", recorder: "test", startedAt: Self.start),
            clock: .init(cause: .start, monotonic: 0, offset: Self.start.nanoseconds, change: 0))
        for time in 0..<seconds {
            for device in ["a", "b"] {
                writer.append(
                    RecordedMessage(
                        sequence: 0, session: 0, arrival: Self.start, monotonic: time * Self.second,
                        topic: "v1/device/\(device)/telemetry", payload: Array("{}".utf8), qos: .atMostOnce))
            }
            try writer.commit()
        }
        try writer.end(at: Timestamp(nanoseconds: Self.start.nanoseconds + seconds * Self.second), reason: "signal")
        return path
    }

    private func prune(_ path: String, _ retention: Retention, at second: Int64) throws -> Int64 {
        let sealer = try TapeSealer(path: path)
        var deleted: Int64 = 0
        let now = Timestamp(nanoseconds: Self.start.nanoseconds + second * Self.second)
        while let count = try sealer.deleteNext(retention, now: now) { deleted += count }
        return deleted
    }

    @Test func `a ring deletes journal batches by age, and the tape stays sound`() throws {
        let path = try recorded(seconds: 600)
        var retention = Retention()
        retention.age = 60 * Self.second
        #expect(try prune(path, retention, at: 600) == 0)
        retention.isRing = true
        #expect(try prune(path, retention, at: 600) == 2 * 540)
        let reader = try TapeReader(path: path)
        #expect(try reader.summary().messages == 2 * 60)
        #expect(try reader.gaps().filter { $0.cause == "deleted" }.map(\.missing) == [2 * 540])
        let cursor = try reader.messages()
        #expect(try cursor.next()?.sequence == 2 * 540 + 1)
        #expect(try reader.activity().map(\.messages) == [60, 60])
    }

    @Test func `what somebody still needs is not deleted`() throws {
        let path = try recorded(seconds: 100)
        var retention = Retention()
        retention.age = 10 * Self.second
        retention.isRing = true
        retention.keepsFrom = Timestamp(nanoseconds: Self.start.nanoseconds + 50 * Self.second)
        #expect(try prune(path, retention, at: 100) == 2 * 50)
        #expect(try prune(path, retention, at: 1_000) == 0)
        retention.keepsFrom = nil
        #expect(try prune(path, retention, at: 1_000) == 2 * 50)
        // A tape that has lost everything goes on with the next number.
        #expect(try TapeWriter(path: path).nextSequence == 201)
    }

    @Test func `segments of a ring have only so much time in them, so that deleting one does not leave a long rest`()
        throws
    {
        let path = try recorded(seconds: 600)
        let sealer = try TapeSealer(path: path)
        #expect(try sealer.sealNext(.full, span: 60 * Self.second) == nil)
        var messages: [Int64] = []
        while let step = try sealer.sealNext(.all, span: 60 * Self.second) { messages.append(step.messages) }
        // The first batch begins the minute, the one a minute later still belongs to it.
        let expected: [Int64] = Array(repeating: 122, count: 9) + [102]
        #expect(messages == expected)
        var retention = Retention()
        retention.age = 300 * Self.second
        retention.isRing = true
        let now = Timestamp(nanoseconds: Self.start.nanoseconds + 600 * Self.second)
        while try sealer.deleteNext(retention, now: now) != nil {}
        let kept = try TapeReader(path: path).summary().messages
        #expect(kept >= 2 * 300 && kept <= 2 * 361)
    }

    @Test func `incidents that are not cut yet stay with the tape, and not with its copies`() throws {
        let path = try recorded(seconds: 10)
        do {
            let writer = try TapeWriter(path: path)
            #expect(try writer.openIncidents() == nil)
            try writer.setOpenIncidents("[1]")
            try writer.setOpenIncidents("[2]")
        }
        #expect(try TapeWriter(path: path).openIncidents() == "[2]")
        try TapeMark.set("pin 1234", at: Self.start, on: path)
        let copy = folder.path("copy.tape")
        _ = try TapeRewriter(try TapeReader(path: path)).write(
            to: copy, options: { $0 }, text: { $0 == "pin 1234" ? "pin" : $0 }, change: { _ in })
        #expect(try TapeWriter(path: copy).openIncidents() == nil)
        #expect(try TapeReader(path: copy).marks().map(\.text) == ["pin"])
        let writer = try TapeWriter(path: path)
        try writer.setOpenIncidents(nil)
        #expect(try writer.openIncidents() == nil)
    }

    @Test func `marks stand beside a recording, in order, and go along into slices`() throws {
        let path = try recorded(seconds: 10)
        let writer = try TapeWriter(path: path)
        #expect(try writer.marks(ifNotCounting: nil)?.isEmpty == true)
        func at(_ second: Int64) -> Timestamp { Timestamp(nanoseconds: Self.start.nanoseconds + second * Self.second) }
        try TapeMark.set("second/one", at: at(8), on: path)
        try TapeMark.set("first ü", at: at(2), on: path)
        #expect(try writer.marks(ifNotCounting: 0)?.map(\.text) == ["first ü", "second/one"])
        #expect(try writer.marks(ifNotCounting: 2) == nil)
        let reader = try TapeReader(path: path, mayBeOpen: true)
        #expect(try reader.marks().map(\.at) == [at(2), at(8)])
        var selection = Selection()
        selection.since = at(0)
        selection.until = at(5)
        let slice = folder.path("slice.tape")
        _ = try TapeSlicer(reader, selection, recorder: "test", tags: [("incident_device", "a"), ("none", nil)])
            .write(to: slice)
        let sliced = try TapeReader(path: slice)
        #expect(try sliced.marks().map(\.text) == ["first ü"])
        #expect(try sliced.sessions().allSatisfy { $0.tags.contains(#""incident_device":"a""#) })
        #expect(throws: TapeError.self) { try TapeMark.set("x", at: at(0), on: folder.path("none.tape")) }
    }
}
