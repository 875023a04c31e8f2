import Replay
import Testing

@testable import Tapedeck

struct KeyReaderTests {
    private func read(_ text: String) -> [ReplayControl] {
        var reader = KeyReader()
        return reader.read(text.utf8)
    }

    @Test func `keys and arrows are told apart`() {
        #expect(read(" qn") == [.togglePause, .stop, .next])
        #expect(read("\u{1b}[A\u{1b}[B") == [.scaleRate(1.25), .scaleRate(0.8)])
        #expect(read("\u{1b}[C\u{1b}OC") == [.next, .next])
        #expect(read("\u{1b}[D\u{1b}[1;2D") == [.seek(-10_000_000_000), .seek(-10_000_000_000)])
        #expect(read("\u{1b}[1;2C") == [.seek(10_000_000_000)])
    }

    @Test func `a sequence may come byte by byte`() {
        var reader = KeyReader()
        #expect("\u{1b}[1;2C".utf8.flatMap { reader.read([$0]) } == [.seek(10_000_000_000)])
    }

    @Test func `an escape key alone swallows nothing once time has passed`() {
        var reader = KeyReader()
        #expect(reader.read([0x1b]).isEmpty)
        reader.pause()
        #expect(reader.read(Array(" ".utf8)) == [.togglePause])
    }

    @Test func `whatever else is typed means nothing`() {
        #expect(read("xyz\u{1b}[5~\u{1b}[200~\u{1b}[M\r\n\t").isEmpty)
        #expect(read("\u{1b}[" + String(repeating: "1;", count: 100) + " ") == [.togglePause])
        var reader = KeyReader()
        #expect(reader.read(Array(0x80...0xff) as [UInt8]).isEmpty)
    }
}
