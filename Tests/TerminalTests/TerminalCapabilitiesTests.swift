import Terminal
import Testing

@Suite struct TerminalCapabilitiesTests {
    private static func capabilities(
        _ environment: [String: String], terminals: Set<TerminalCapabilities.Stream> = [.input, .output, .error],
        window: Int? = 120
    ) -> TerminalCapabilities {
        TerminalCapabilities(
            environment: { environment[$0] }, isTerminal: { terminals.contains($0) }, windowWidth: { _ in window })
    }

    @Test func `colours need a terminal that is not dumb`() {
        #expect(Self.capabilities(["TERM": "xterm"]).outputHasColour)
        #expect(!Self.capabilities(["TERM": "dumb"]).outputHasColour)
        #expect(!Self.capabilities([:]).outputHasColour)
        let piped = Self.capabilities(["TERM": "xterm"], terminals: [.error])
        #expect(!piped.outputHasColour)
        #expect(piped.errorHasColour)
    }

    @Test func `NO_COLOR wins over CLICOLOR_FORCE, which wins over a pipe`() {
        #expect(!Self.capabilities(["TERM": "xterm", "NO_COLOR": "1"]).outputHasColour)
        #expect(Self.capabilities(["TERM": "xterm", "NO_COLOR": ""]).outputHasColour)
        #expect(Self.capabilities(["CLICOLOR_FORCE": "1"], terminals: []).outputHasColour)
        #expect(!Self.capabilities(["CLICOLOR_FORCE": "0"], terminals: []).outputHasColour)
        #expect(!Self.capabilities(["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], terminals: []).errorHasColour)
    }

    @Test func `the width is the kernel's, then COLUMNS, then 80`() {
        #expect(Self.capabilities(["COLUMNS": "40"]).width == 120)
        #expect(Self.capabilities(["COLUMNS": "40"], window: nil).width == 40)
        #expect(Self.capabilities(["COLUMNS": "40"], window: 0).width == 40)
        #expect(Self.capabilities(["COLUMNS": "40"], terminals: []).width == 40)
        for nonsense in ["", "0", "-5", "wide", "99999999999999999999"] {
            #expect(Self.capabilities(["COLUMNS": nonsense], window: nil).width == 80)
        }
    }

    @Test(arguments: [
        (["LANG": "de_DE.UTF-8"], true), (["LANG": "C.utf8"], true), (["LANG": "de_DE.UTF-8@euro"], true),
        (["LANG": "C"], false), ([:], false), (["LANG": "de_DE.ISO-8859-1"], false),
        (["LC_ALL": "C", "LANG": "C.UTF-8"], false), (["LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"], true),
    ])
    func `the first locale variable decides on UTF-8`(environment: [String: String], isUTF8: Bool) {
        #expect(Self.capabilities(environment).isUTF8 == isUTF8)
    }

    @Test func `a style paints only when it is enabled`() {
        #expect(Style(isEnabled: true).paint("x", .bad) == "\u{1b}[31mx\u{1b}[0m")
        #expect(Style(isEnabled: true).paint("x", nil) == "x")
        #expect(Style.plain.paint("x", .bad) == "x")
    }
}
