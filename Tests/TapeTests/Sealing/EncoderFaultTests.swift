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
}
