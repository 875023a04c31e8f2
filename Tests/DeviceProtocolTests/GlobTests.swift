import DeviceProtocol
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("temp", "temp", true), ("temp", "Temp", false), ("temp*", "temperature", true), ("*", "", true),
        ("*", "anything", true), ("?", "é", true), ("?", "", false), ("??", "ab", true),
        ("fan_*_rpm", "fan_1_rpm", true),
        ("fan_*_rpm", "fan_rpm", false), ("*a*b*", "xxaybz", true), ("*a*b*", "xxbya", false), (#"a\*b"#, "a*b", true),
        (#"a\*b"#, "axb", false), ("", "", true), ("", "x", false), ("a?", "a", false), (#"a\"#, #"a\"#, true),
    ])
    func `a pattern fits the whole name`(pattern: String, name: String, fits: Bool) {
        #expect(Glob(pattern).matches(name) == fits)
    }

    @Test func `letters that look alike are told apart by their bytes`() {
        #expect(!Glob("caf\u{e9}").matches("cafe\u{301}"))
    }

    @Test func `a hostile pattern does not take for ever`() {
        #expect(!Glob(String(repeating: "*a", count: 50) + "b").matches(String(repeating: "a", count: 5000)))
    }
}
