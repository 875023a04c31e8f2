import Testing

@testable import Tapedeck

@Suite struct LineReaderTests {
    private enum Line: Equatable {
        case text(String, number: Int, offset: Int)
        case tooLong(number: Int, offset: Int)
    }

    /// The lines of a text that comes in pieces of `piece` bytes, through a buffer of `chunk` bytes.
    private func lines(_ text: String, chunk: Int = 8, piece: Int = 3, limit: Int = 100) throws -> [Line] {
        var reader = Self.reader(Array(text.utf8), chunk: chunk, piece: piece, limit: limit)
        var lines: [Line] = []
        while true {
            switch try reader.advance() {
            case .end: return lines
            case .tooLong: lines.append(.tooLong(number: reader.number, offset: reader.offset))
            case .line(let range):
                let line = String(decoding: reader.buffer[range], as: UTF8.self)
                lines.append(.text(line, number: reader.number, offset: reader.offset))
            }
        }
    }

    private static func reader(_ bytes: [UInt8], chunk: Int, piece: Int, limit: Int) -> LineReader {
        var rest = bytes[...]
        return LineReader(limit: limit, chunk: chunk) { (buffer) throws(ImportError) in
            let count = min(piece, rest.count, buffer.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
    }

    @Test(arguments: [1, 2, 3, 7, 8, 64], [1, 3, 64])
    func `lines have their number and place, however they arrive`(chunk: Int, piece: Int) throws {
        let expected: [Line] = [
            .text("ab", number: 1, offset: 0), .text("", number: 2, offset: 3),
            .text("a line longer than the buffer", number: 3, offset: 4), .text("c\r", number: 4, offset: 34),
        ]
        let text = "ab\n\na line longer than the buffer\nc\r\n"
        #expect(try lines(text, chunk: chunk, piece: piece) == expected)
    }

    @Test func `the last line needs no line feed, and nothing is no line`() throws {
        #expect(try lines("a\nb") == [.text("a", number: 1, offset: 0), .text("b", number: 2, offset: 2)])
        #expect(try lines("") == [])
        #expect(try lines("\n") == [.text("", number: 1, offset: 0)])
    }

    @Test(arguments: [1, 4, 9, 64]) func `a line beyond the limit is passed over whole`(piece: Int) throws {
        let long = String(repeating: "x", count: 50)
        let expected: [Line] = [
            .text("a", number: 1, offset: 0), .tooLong(number: 2, offset: 2), .text("b", number: 3, offset: 53),
            .tooLong(number: 4, offset: 55),
        ]
        #expect(try lines("a\n\(long)\nb\n\(long)", piece: piece, limit: 10) == expected)
    }

    @Test func `the buffer is small again after a long line`() throws {
        let text = String(repeating: "x", count: 10_000) + "\n" + String(repeating: "y\n", count: 1_000)
        var reader = Self.reader(Array(text.utf8), chunk: 64, piece: 64, limit: 20_000)
        var largest = 0
        while try reader.advance() != .end { largest = max(largest, reader.buffer.count) }
        #expect(largest >= 10_000)
        #expect(reader.buffer.count <= 256)
    }

    @Test func `a look at the start takes nothing away`() throws {
        var reader = Self.reader(Array("abc\nd".utf8), chunk: 4, piece: 1, limit: 100)
        #expect(try reader.peek(3).elementsEqual("abc".utf8))
        reader.skip(1)
        guard case .line(let range) = try reader.advance() else {
            Issue.record("no line")
            return
        }
        #expect(reader.buffer[range].elementsEqual("bc".utf8))
        #expect(reader.offset == 1 && reader.number == 1)
    }
}
