import DeviceProtocol
import SQLite
import TestSupport
import Testing

@testable import Tape

@Suite struct DamageTests {
    /// Three batches of ten messages.
    private func tape(_ folder: borrowing TemporaryFolder) throws -> String {
        let path = folder.path("t.tape")
        let writer = try TapeWriter.began(path)
        for batch in 0..<3 {
            for number in 0..<10 { writer.append(.plain("v1/device/d/telemetry", at: Int64(batch * 10 + number + 1))) }
            try writer.commit()
        }
        try writer.end(at: Timestamp(nanoseconds: 100), reason: "signal")
        return path
    }

    @Test func `a flipped bit anywhere in a batch costs that batch only, and is reported`() throws {
        let folder = try TemporaryFolder()
        let path = try tape(folder)
        let body: [UInt8]
        do {
            let connection = try Connection(path: path, mode: .readWrite)
            var row = try connection.prepare("SELECT body FROM journal WHERE first_seq = 11")
            _ = try row.step()
            body = row.blob(0)
        }
        for index in body.indices {
            var broken = body
            broken[index] ^= 1 << UInt8(index % 8)
            do {
                let connection = try Connection(path: path, mode: .readWrite)
                var update = try connection.prepare("UPDATE journal SET body = ? WHERE first_seq = 11")
                try update.bind(1, broken)
                try update.run()
            }
            let reader = try TapeReader(path: path)
            let cursor = try reader.messages()
            var sequences: [Int64] = []
            while let message = try cursor.next() { sequences.append(message.sequence) }
            let expected = Array(Int64(1)...10) + Array(Int64(21)...30)
            // One bit of the frame header is free to be anything; then the batch is whole and nothing is reported.
            if cursor.damages.isEmpty {
                #expect(sequences == Array(1...30))
            } else {
                #expect(sequences == expected, "bit flipped in byte \(index)")
                #expect(cursor.damages.count == 1)
                #expect(cursor.damages[0].description.contains("seq 11"))
            }
        }
    }

    @Test func `random bytes as a batch never crash the reader`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var reader = ByteReader(bytes)
            let context = MessageFrame.Context(sequence: 1, session: 1, arrival: .max, clockOffset: .min)
            while let message = try? MessageFrame.read(&reader, context) { #expect(message.sequence == 1) }
        }
    }

    @Test func `a hostile size is refused before memory is taken for it`() throws {
        let decompressor = try BatchDecompressor()
        let frame = try BatchCompressor().compress([1, 2, 3])
        #expect(throws: CompressionError.self) { try decompressor.decompress(frame, size: 1 << 40) }
        #expect(throws: CompressionError.self) { try decompressor.decompress([], size: 0) }
        #expect(throws: CompressionError.self) { try decompressor.decompress(frame, size: -1) }
        #expect(try decompressor.decompress(frame, size: 3) == [1, 2, 3])
    }
}
