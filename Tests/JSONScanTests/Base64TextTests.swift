import Foundation
import JSONScan
import Testing

@Suite struct Base64TextTests {
    @Test func `every length comes back`() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64Text.encode(bytes.span) == text)
            #expect(Base64Text.decode(text.utf8Span.span) == bytes)
        }
    }

    @Test(arguments: ["A", "AA", "AAA", "AB==", "AAB=", "A===", "====", "AA=A", "AA==AAAA", "AA A", "AA-_", "AAAA\n"])
    func `anything else is refused`(text: String) {
        #expect(Base64Text.decode(text.utf8Span.span) == nil)
    }
}
