import Testing

@testable import Plot

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("abc", 3), ("温度", 4), ("e\u{301}", 1), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("☀\u{fe0f}", 2), ("한국", 4), ("21 °C", 5),
        ("", 0),
    ])
    func `knows how many columns it takes`(text: String, columns: Int) {
        #expect(PlainText(text).columns == columns)
        #expect(PlainText(text).text == text)
    }

    @Test(arguments: [
        ("\u{1b}[2J", "␛[2J"), ("a\r\nb\tc\u{7f}", "a␍␊b␉c␡"), ("\u{9b}31m", #"\u{9b}31m"#),
        ("x\u{202e}y\u{2066}", #"x\u{202e}y\u{2066}"#), ("\u{2028}", #"\u{2028}"#), ("\u{301}a", #"\u{301}a"#),
        ("\u{ffff}", #"\u{ffff}"#), ("\u{feff}", #"\u{feff}"#),
    ])
    func `shows what would act or hide`(raw: String, shown: String) {
        #expect(PlainText(raw).text == shown)
    }

    @Test func `cuts a heap of accents and an endless name`() {
        let heap = "a" + String(repeating: "\u{301}", count: 500)
        #expect(PlainText(heap).text.unicodeScalars.count <= 12)
        #expect(PlainText(String(repeating: "x", count: 1_000_000)).columns == 2000)
    }

    @Test func `is ASCII where nothing else is allowed`() {
        let text = PlainText("温 21 °C µ…\u{1b}\u{9b}👍", glyphs: .ascii)
        #expect(text.text == "? 21 deg C u~^[??" && text.columns == text.text.utf8.count)
    }

    @Test(arguments: 0...12)
    func `is cut between characters`(limit: Int) {
        for raw in ["abcdefgh", "温度温度", "e\u{301}e\u{301}e\u{301}e\u{301}", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦"] {
            let cut = PlainText(raw).cut(to: limit)
            #expect(cut.columns <= limit && cut.columns == PlainText(cut.text).columns)
        }
    }
}
