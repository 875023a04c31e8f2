import DeviceProtocol
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct EncoderFaultTests {
    /// Writes another value into the first stream of text or symbols, with right checksums.
    private func falsify(_ encoded: inout SegmentEncoder.Encoded) throws {
        var parts = try SegmentParts(encoded)
        let found = parts.streams.firstIndex { $0.kind == .text && !$0.bytes.isEmpty }
        guard let index = found ?? parts.streams.firstIndex(where: { !$0.bytes.isEmpty }) else { return }
        parts.streams[index].bytes[0] ^= 1
        let assembled = try parts.assembled()
        encoded.directory = try BatchCompressor().compress(assembled.directory)
        encoded.directorySize = assembled.directory.count
        encoded.body = assembled.body
    }

    private func drafts() -> [Draft] {
        var messages = RandomMessages(seed: 61)
        return messages.drafts(60)
    }

    @Test func `a fault that occurs once leaves its messages as text, and nothing is lost`() throws {
        var sealer = try BlockSealer(dictionary: TapeDictionary())
        var isFirst = true
        sealer.alter = { encoded in
            if isFirst { try? falsify(&encoded) }
            isFirst = false
        }
        let drafts = drafts()
        let sealed = try sealer.seal(SegmentRoundTrip.block(drafts))
        #expect(sealed.literal > 0)
        let player = try SegmentRoundTrip.player(sealed.encoded, sealer.dictionary)
        for message in drafts.placed() { #expect(try player.next() == message) }
    }

    @Test func `a fault that stays is noticed, and the messages stay in the journal`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        do {
            let writer = try TapeWriter.began(path)
            for (number, draft) in drafts().enumerated() {
                var message = draft.message
                message.monotonic = Int64(number)
                writer.append(message)
            }
            try writer.end(at: Timestamp(nanoseconds: 100), reason: "signal")
        }
        let before = try TapeReader(path: path).allMessages()
        let sealer = try TapeSealer(path: path)
        sealer.sealer.alter = { try? falsify(&$0) }
        #expect(try sealer.sealNext(.all) == nil)
        #expect(sealer.damages.count == 1)
        #expect(try TapeReader(path: path).allMessages() == before)
        let connection = try Connection(path: path, mode: .readOnly)
        for table in ["segment", "topic", "template", "string"] {
            #expect(try connection.integer("SELECT count(*) FROM \(table)") == 0)
        }
    }

    @Test func `what cannot be sealed when a tape is copied stays a journal on the copy`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("t.tape")
        let copier = try TapeCopier(path: path)
        copier.sealer.alter = { try? falsify(&$0) }
        let session = Session(
            source: "record", broker: "mqtt://test:1883", clientID: "test", recorder: "tests",
            startedAt: Timestamp(nanoseconds: TapeWriter.testOffset))
        // The wall clock goes back in between.
        let offsets = [TapeWriter.testOffset, TapeWriter.testOffset - 1_000_000_000]
        let number = try copier.add(session, clocks: offsets.map { ClockRow(cause: "step", monotonic: 0, offset: $0) })
        var expected: [RecordedMessage] = []
        for (index, draft) in drafts().enumerated() {
            var message = draft.message
            message.monotonic = Int64(index) * 1_000
            message.arrival = Timestamp(nanoseconds: message.monotonic + offsets[index / 30])
            message.duplicateOf = index % 10 == 9 ? Int64(index) : nil
            try copier.append(message, session: number, duplicateOf: message.duplicateOf)
            message.sequence = Int64(index) + 1
            message.session = number
            expected.append(message)
        }
        _ = try copier.finish()
        #expect(try TapeReader(path: path).allMessages().map(\.essence) == expected.map(\.essence))
        #expect(try TapeReader(path: path).allMessages().map(\.duplicateOf) == expected.map(\.duplicateOf))
        #expect(try Connection(path: path, mode: .readOnly).integer("SELECT count(*) FROM segment") == 0)
        var faults: [TapeFault] = []
        _ = try TapeVerifier(path: path).verify { faults.append($0) }
        #expect(faults.isEmpty, "\(faults)")
    }
}
