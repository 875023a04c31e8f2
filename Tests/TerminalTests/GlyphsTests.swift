import Terminal
import Testing

@Suite struct GlyphsTests {
    @Test func `ASCII has a spelling for every sign of its own`() {
        #expect(Glyphs.ascii.spelling(HumanFormat.duration(nanoseconds: 1500)) == "2 us")
        #expect(Glyphs.ascii.spelling(HumanFormat.ratio(12.3)) == "x12.3")
        #expect(Glyphs.ascii.spelling(HumanFormat.rate(1, nanoseconds: 0)) == "-")
        #expect(Glyphs.ascii.ellipsis == "~")
        #expect(Glyphs.ascii.dash == "-")
    }

    @Test func `other terminals keep them`() {
        #expect(Glyphs.unicode.spelling("2 µs ×12.3 –") == "2 µs ×12.3 –")
        #expect(Glyphs.unicode.dash == "–")
    }
}
