import DeviceProtocol
import Testing

struct RedactedTextTests {
    private static let placeholder = "redacted:0123456789abcdef0123456789abcdef"

    @Test(arguments: [
        ("§", "redacted:"), ("{\"a\":\"§\",\"b\":\"x?y=§&z\"}", "{\"a\":\"redacted:\",\"b\":\"x?y=redacted:&z\"}"),
        ("§§0", "redacted:redacted:0"),
    ])
    func `digits are left out wherever a placeholder stands`(text: String, expected: String) {
        let bytes = Array(text.replacing("§", with: Self.placeholder).utf8)
        #expect(RedactedText.withoutDigits(bytes) == Array(expected.utf8))
    }

    @Test(arguments: [
        "", "redacted:", "redacted: see log", "edacted:0123456789abcdef0123456789abcdef",
        "redacted:0123456789ABCDEF0123456789abcdef", "redacted:0123456789abcdef0123456789abcde",
    ])
    func `what is no placeholder is none`(text: String) {
        #expect(RedactedText.withoutDigits(Array(text.utf8)) == nil)
    }
}
