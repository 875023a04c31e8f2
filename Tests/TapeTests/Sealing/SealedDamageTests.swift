import DeviceProtocol
import Foundation
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct SealedDamageTests {
    /// What a reader makes of a damaged file.
    private enum Outcome {
        case refused(TapeError)
        case read([RecordedMessage], damages: [TapeError], ended: TapeError?)
    }

    private func read(_ path: String) throws -> Outcome {
        do throws(TapeError) {
            let cursor = try TapeReader(path: path).messages()
            var messages: [RecordedMessage] = []
            do throws(TapeError) {
                while let message = try cursor.next() { messages.append(message) }
                return .read(messages, damages: cursor.damages, ended: nil)
            } catch {
                return .read(messages, damages: cursor.damages, ended: error)
            }
        } catch {
            return .refused(error)
        }
    }

    /// Segments of ten messages each, and a journal of ten behind them.
    private func sealedTape(_ folder: borrowing TemporaryFolder, segments: Int) throws -> [RecordedMessage] {
        let path = folder.path("whole.tape")
        do {
            let writer = try TapeWriter.began(path)
            var messages = RandomMessages(seed: 31)
            for batch in 0...segments {
                for (number, draft) in messages.drafts(10).enumerated() {
                    var message = draft.message
                    message.monotonic = Int64(batch * 10 + number + 1)
                    writer.append(message)
                }
                try writer.commit()
                if batch < segments { _ = try TapeSealer(path: path, besideWriter: true).sealNext(.all) }
            }
            try writer.end(at: Timestamp(nanoseconds: 10_000), reason: "signal")
        }
        return try TapeReader(path: path).allMessages()
    }

    @Test func `a damaged segment costs its own messages only, and is reported`() throws {
        let folder = try TemporaryFolder()
        let all = try sealedTape(folder, segments: 4)
        #expect(all.count == 50)
        for column in ["body", "directory"] {
            let path = folder.path("\(column).tape")
            try FileManager.default.copyItem(atPath: folder.path("whole.tape"), toPath: path)
            try spoil(column, of: path)
            guard case .read(let messages, let damages, nil) = try read(path) else {
                Issue.record("\(column) cannot be read at all")
                return
            }
            #expect(messages == all.filter { !(11...20).contains($0.sequence) })
            #expect(
                damages.count == 1 && damages[0].description.contains("seq 11: ")
                    && damages[0].description.hasSuffix("; 10 messages are lost"))
        }
    }

    private func spoil(_ column: String, of path: String) throws {
        let connection = try Connection(path: path, mode: .readWrite)
        try connection.execute(
            """
            UPDATE segment SET \(column) = CAST(substr(\(column), 1, length(\(column)) / 2) || x'00'
              || substr(\(column), length(\(column)) / 2 + 2) AS BLOB) WHERE first_seq = 11
            """)
    }

    @Test func `bits flipped anywhere in a sealed tape never end the reader, and what is lost is said`() throws {
        let folder = try TemporaryFolder()
        let all = try sealedTape(folder, segments: 6)
        let known = Dictionary(all.map { ($0.sequence, $0) }) { first, _ in first }
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path("whole.tape")))
        let path = folder.path("flipped.tape")
        var random = SeededGenerator(seed: 41)
        var unsaid = 0
        for _ in 0..<150 {
            var bytes = whole
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try bytes.write(to: URL(fileURLWithPath: path))
            let start = ContinuousClock.now
            if case .read(let messages, let damages, nil) = try read(path), damages.isEmpty {
                if messages.count != all.count || messages.contains(where: { $0 != known[$0.sequence] }) { unsaid += 1 }
            }
            #expect(ContinuousClock.now - start < .seconds(60))
        }
        // Facts in SQLite's own pages have no checksum: the number or the time of a whole part may change.
        #expect(unsaid <= 1)
    }

    @Test func `a tape cut short is refused, or what is lost is said`() throws {
        let folder = try TemporaryFolder()
        let all = try sealedTape(folder, segments: 6)
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path("whole.tape")))
        let path = folder.path("cut.tape")
        for page in 0..<whole.count / 4_096 {
            try whole.prefix(page * 4_096 + (page % 3) * 1_000).write(to: URL(fileURLWithPath: path))
            switch try read(path) {
            case .refused(let error): #expect(error.description.contains(path))
            case .read(let messages, let damages, let ended):
                #expect(messages.allSatisfy(all.contains))
                #expect(messages.count == all.count || !damages.isEmpty || ended != nil, "cut before page \(page + 1)")
            }
        }
    }
}
