import Glibc
import Terminal
import Testing

@Suite struct ProgressLineTests {
    private static let erase = "\r\u{1b}[2K"

    @Test func `is drawn ten times a second at most`() {
        let collector = Collector()
        var line = ProgressLine(output: collector.buffer(), isShown: true, width: 80)
        for millisecond in Int64(0)..<250 { line.update(now: millisecond * 1_000_000, "\(millisecond)") }
        #expect(collector.text == "\(Self.erase)0\(Self.erase)100\(Self.erase)200")
    }

    @Test func `is not drawn while somebody else has the terminal, notes are`() {
        let collector = Collector()
        var isInFront = true
        var line = ProgressLine(output: collector.buffer(), isShown: true, width: 80) { isInFront }
        line.update(now: 0, "a")
        isInFront = false
        line.update(now: 1_000_000_000, "b")
        line.note("note")
        isInFront = true
        line.update(now: 2_000_000_000, "c")
        #expect(collector.text == "\(Self.erase)anote\n\(Self.erase)c")
    }

    @Test func `a clock that jumps neither stops nor crashes it`() {
        let collector = Collector()
        var line = ProgressLine(output: collector.buffer(), isShown: true, width: 80)
        for now in [Int64.max, .min, 0, -1] { line.update(now: now, "x") }
        #expect(collector.writes == 4)
    }

    @Test func `leaves a clean line behind`() {
        let collector = Collector()
        var line = ProgressLine(output: collector.buffer(), isShown: true, width: 80)
        line.clear()
        line.update(now: 0, "a")
        line.note("done\u{1b}[2J")
        line.note("more")
        line.update(now: 1, "b")
        line.clear()
        line.clear()
        #expect(collector.text == "\(Self.erase)a\(Self.erase)done␛[2J\nmore\n\(Self.erase)b\(Self.erase)")
    }

    @Test func `never fills the last column`() {
        let collector = Collector()
        var line = ProgressLine(output: collector.buffer(), isShown: true, width: 6)
        line.update(now: 0, "温度温度")
        #expect(collector.text == "\(Self.erase)温度…")
    }

    @Test func `shows only notes where there is no terminal`() {
        let collector = Collector()
        let capabilities = TerminalCapabilities(
            environment: { _ in nil }, isTerminal: { _ in true }, windowWidth: { _ in 80 })
        var line = ProgressLine(output: collector.buffer(), capabilities: capabilities)
        var made = 0
        func text() -> String {
            made += 1
            return "x"
        }
        line.update(now: 0, text())
        line.note("note")
        line.clear()
        #expect(collector.text == "note\n")
        #expect(made == 0)
    }

    @Test func `ignores trouble with writing`() {
        var line = ProgressLine(output: OutputBuffer { _ in -Int(EPIPE) }, isShown: true, width: 80)
        line.update(now: 0, "x")
        line.clear()
    }
}
