import DeviceProtocol
import JSONScan
import Testing

@testable import Tapedeck

@Suite struct LogStyleTests {
    private static func entry(_ style: LogStyle, _ lines: String...) -> String {
        String(decoding: style.entry(lines, now: Timestamp(nanoseconds: 1_500_000_000)), as: UTF8.self)
    }

    @Test func `text is as it is`() {
        #expect(Self.entry(.text, "warning: a", "b") == "warning: a\nb\n")
    }

    @Test func `the journal gets a priority before every line`() {
        #expect(Self.entry(.journal, "recording x") == "<6>recording x\n")
        #expect(Self.entry(.journal, "warning: a", "b") == "<4>warning: a\n<4>b\n")
        #expect(Self.entry(.journal, "tapedeck: cannot") == "<3>tapedeck: cannot\n")
        #expect(Self.entry(.journal, "Error: usage") == "<3>Error: usage\n")
    }

    @Test func `json is one object a line, whatever the text is`() throws {
        #expect(
            Self.entry(.json, "warning: say \"x\"", "y")
                == #"{"time":"1970-01-01T00:00:01.500000000Z","level":"warning","message":"warning: say \"x\"\ny"}"#
                + "\n"
        )
        let value = try JSONValue.parse(Array(Self.entry(.json, "\u{1}é\u{2028}").utf8.dropLast()))
        #expect(value["message"]?.string == "\u{1}é\u{2028}")
    }
}
