import Testing

@testable import Terminal

@Suite struct DisplayTextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("äöü", 3), ("a\u{308}", 1), ("温度", 4), ("ｆｕｌｌ", 8), ("한국", 4),
        ("\u{1112}\u{1161}\u{11ab}", 2),
        ("👍", 2), ("👍🏽", 2), ("👨‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("🇩", 1), ("☀", 1), ("☀\u{fe0f}", 2), ("1\u{fe0f}\u{20e3}", 2),
        ("🏴\u{e0067}\u{e0062}\u{e007f}", 2), ("นำ้", 2), ("हिन्दी", 4), ("𠀀", 2), ("21.5 °C", 7), ("…", 1),
        ("21 °C", 5), ("\u{3000}", 2), ("\u{e000}", 1),
    ])
    func `knows the width`(text: String, width: Int) {
        #expect(DisplayText(text).width == width, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
        #expect(DisplayText(text).text.unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    @Test(arguments: [
        ("\u{1b}[2J\u{1b}[31mred", "␛[2J␛[31mred"), ("a\r\nb\tc\u{7}", "a␍␊b␉c␇"), ("\0\u{7f}", "␀␡"),
        ("\u{9b}31m", #"\u{9b}31m"#), ("\u{85}", #"\u{85}"#), ("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#),
        ("admin\u{202e}txt.exe", #"admin\u{202e}txt.exe"#),
        ("\u{2066}\u{200b}\u{feff}\u{ad}", #"\u{2066}\u{200b}\u{feff}\u{ad}"#),
        ("x\u{e0041}", #"x\u{e0041}"#), ("\u{e0001}", #"\u{e0001}"#), ("\u{1b}\u{301}", #"␛\u{301}"#),
        ("\u{301}a", #"\u{301}a"#), ("\u{301}", #"\u{301}"#),
        ("\u{200d}", #"\u{200d}"#), ("\u{ffff}\u{10fffe}", #"\u{ffff}\u{10fffe}"#),
        ("x\u{ad}y", #"x\u{ad}y"#), ("a\r\nb\tc\u{7f}", "a␍␊b␉c␡"), ("x\u{202e}y\u{2066}", #"x\u{202e}y\u{2066}"#),
    ])
    func `shows what would act on the terminal or hide in it`(text: String, shown: String) {
        let display = DisplayText(text)
        #expect(display.text.unicodeScalars.elementsEqual(shown.unicodeScalars))
        #expect(display.width == shown.reduce(0) { $0 + DisplayWidth.of($1) })
    }

    @Test func `of a heap of accents those that no letter has are spelled out`() {
        let shown = DisplayText("a" + String(repeating: "\u{301}", count: 500) + "b").text
        #expect(
            shown.unicodeScalars.elementsEqual(
                ("a" + String(repeating: "\u{301}", count: 11) + String(repeating: #"\u{301}"#, count: 489) + "b")
                    .unicodeScalars))
    }

    @Test func `uses only ASCII where the character set is not UTF-8`() {
        #expect(DisplayText("\u{1b}\n\0\u{1f}\u{7f}\u{9b}", glyphs: .ascii).text == #"^[^J^@^_^?\u{9b}"#)
        #expect(DisplayText("abcdef").cut(to: 4, glyphs: .ascii).text == "abc~")
    }

    @Test(arguments: 0...0x9f)
    func `lets no control through`(value: UInt8) {
        let text = DisplayText(String(Unicode.Scalar(value))).text
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test(arguments: 0...12)
    func `never takes more columns than it was cut to`(limit: Int) {
        for raw in ["abcdefgh", "温度温度", "e\u{301}e\u{301}e\u{301}e\u{301}", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦"] {
            let cut = DisplayText(raw).cut(to: limit)
            #expect(cut.width <= limit && cut.width == DisplayText(cut.text).width)
        }
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""), ("abcdef", -1, ""),
        ("温度温度", 5, "温度…"), ("温度温度", 4, "温…"), ("a👨‍👩‍👧‍👦b👍c", 4, "a👨‍👩‍👧‍👦…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ])
    func `is cut between characters`(text: String, limit: Int, expected: String) {
        let cut = DisplayText(text).cut(to: limit)
        #expect(cut.text == expected)
        #expect(cut.width == DisplayText(expected).width)
        #expect(cut.width <= max(0, limit))
    }
}
