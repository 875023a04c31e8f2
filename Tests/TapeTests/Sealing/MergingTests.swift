import DeviceProtocol
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite final class MergingTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("t.tape")
    }

    /// Writes so many segments of ten messages, each in a session of its own, and gives what was written.
    private func fill(segments: Int) throws -> [RecordedMessage] {
        var messages = RandomMessages(seed: 7)
        let writer = try TapeWriter(path: path)
        let sealer = try TapeSealer(path: path, besideWriter: true)
        var monotonic: Int64 = 0
        for segment in 0..<segments {
            try writer.begin(
                Session(
                    source: "record", broker: nil, clientID: nil, recorder: "tests",
                    startedAt: Timestamp(nanoseconds: TapeWriter.testOffset + monotonic)),
                clock: ArrivalClock.Offset(
                    cause: .start, monotonic: monotonic, offset: TapeWriter.testOffset + Int64(segment), change: 0))
            for draft in messages.drafts(10) {
                monotonic += 1_000
                var message = draft.message
                message.monotonic = monotonic
                message.duplicateOf = nil
                writer.append(message)
            }
            try writer.end(at: Timestamp(nanoseconds: TapeWriter.testOffset + monotonic), reason: "signal")
            _ = try sealer.sealNext(.all)
        }
        return try TapeReader(path: path).allMessages()
    }

    private func segments() throws -> Int64? {
        try Connection(path: path, mode: .readWrite).integer("SELECT count(*) FROM segment")
    }

    @Test func `small segments side by side become one, and every message stays as it was`() throws {
        let before = try fill(segments: 5)
        let sealer = try TapeSealer(path: path)
        #expect(try sealer.mergeNext(.all)?.messages == 50)
        #expect(try sealer.mergeNext(.all) == nil)
        #expect(try segments() == 1)
        #expect(try TapeReader(path: path).allMessages() == before)
    }

    @Test func `a few small segments are left alone while more may come`() throws {
        _ = try fill(segments: 5)
        let sealer = try TapeSealer(path: path)
        #expect(try sealer.mergeNext(.full) == nil)
        #expect(try segments() == 5)
    }

    @Test func `segments that do not lie side by side are not merged`() throws {
        let before = try fill(segments: 3)
        try Connection(path: path, mode: .readWrite).execute("DELETE FROM segment WHERE first_seq = 11")
        let sealer = try TapeSealer(path: path)
        #expect(try sealer.mergeNext(.all) == nil)
        #expect(
            try TapeReader(path: path).allMessages() == before.filter { $0.sequence <= 10 || $0.sequence > 20 })
    }

    @Test func `a segment that cannot be read is left as it is, and said`() throws {
        _ = try fill(segments: 3)
        try Connection(path: path, mode: .readWrite).execute(
            "UPDATE segment SET body = zeroblob(length(body)) WHERE first_seq = 11")
        let sealer = try TapeSealer(path: path)
        #expect(try sealer.mergeNext(.all) == nil)
        #expect(sealer.damages.count == 1)
        #expect(try segments() == 3)
    }

    @Test func `a segment of interleaved sessions names its lowest and its highest clock`() throws {
        var messages = RandomMessages(seed: 9)
        var block = MessageBlock(firstSequence: 1)
        for (place, draft) in messages.drafts(9).enumerated() {
            var message = draft.message
            message.sequence = Int64(place + 1)
            message.duplicateOf = nil
            message.arrival = Timestamp(nanoseconds: Int64(place + 1))
            block.append(message, clock: [5, 3, 7, 4][place % 4])
        }
        var sealer = try BlockSealer(dictionary: TapeDictionary())
        let sealed = try sealer.seal(block)
        let tape = TapeConnection(try TapeFile.openForWriting(path))
        try tape.database.insert(sealed, of: block)
        #expect(try tape.database.integer("SELECT first_clock FROM segment") == 3)
        #expect(try tape.database.integer("SELECT last_clock FROM segment") == 7)
    }
}
