import Terminal
import Testing

@testable import Plot

@Suite struct LabelTests {
    @Test(arguments: [("\u{1b}[2J", "␛[2J"), ("x\u{202e}y", #"x\u{202e}y"#), ("21 °C", "21 °C"), ("", "")])
    func `acts on nothing`(raw: String, shown: String) {
        #expect(DisplayText(label: raw).text == shown)
        #expect(DisplayText(label: raw).width == shown.count)
    }

    @Test func `cuts a heap of accents and an endless name`() {
        let heap = "a" + String(repeating: "\u{301}", count: 500)
        #expect(DisplayText(label: heap).text.unicodeScalars.count <= 12)
        #expect(DisplayText(label: String(repeating: "x", count: 1_000_000)).width == 2000)
    }

    @Test func `is ASCII where nothing else is allowed`() {
        let text = DisplayText(label: "温 21 °C µ…\u{1b}\u{9b}👍", glyphs: .ascii)
        #expect(text.text == "? 21 deg C u~^[??" && text.width == text.text.utf8.count)
    }
}
