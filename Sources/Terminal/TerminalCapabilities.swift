internal import Glibc

/// What the three standard streams are connected to, and what may be written to them.
public struct TerminalCapabilities: Sendable, Hashable {
    /// One of the process's standard streams.
    public enum Stream: Int32, Sendable, CaseIterable {
        /// Standard input, descriptor 0.
        case input
        /// Standard output, descriptor 1.
        case output
        /// Standard error, descriptor 2.
        case error
    }

    /// Whether a person types at standard input.
    public var inputIsTerminal: Bool
    /// Whether standard output is shown on a terminal.
    public var outputIsTerminal: Bool
    /// Whether standard error is shown on a terminal.
    public var errorIsTerminal: Bool
    /// The terminal's width in columns: what the kernel says, else `COLUMNS`, else 80.
    public var width: Int
    /// Whether colours may be written to standard output.
    public var outputHasColour: Bool
    /// Whether colours may be written to standard error.
    public var errorHasColour: Bool
    /// Whether the terminal understands no control sequences at all (`TERM=dumb`, or none set).
    public var isDumb: Bool
    /// Whether the locale's character set is UTF-8.
    public var isUTF8: Bool

    /// Asks the kernel and the environment.
    ///
    /// A non-empty `NO_COLOR` (https://no-color.org) always wins, then a `CLICOLOR_FORCE` other than `0`
    /// (https://bixense.com/clicolors) gives colours even to a pipe; otherwise only a terminal that is not dumb gets
    /// them.
    ///
    /// - Parameters:
    ///   - environment: A variable's value, or nil where it is not set.
    ///   - isTerminal: Whether a stream is a terminal.
    ///   - windowWidth: The columns the kernel reports for a stream's terminal, nil or 0 when it does not know.
    public init(
        environment: (String) -> String? = Self.processEnvironment, isTerminal: (Stream) -> Bool = Self.isTerminal,
        windowWidth: (Stream) -> Int? = Self.windowWidth
    ) {
        inputIsTerminal = isTerminal(.input)
        outputIsTerminal = isTerminal(.output)
        errorIsTerminal = isTerminal(.error)
        let widths = [outputIsTerminal ? windowWidth(.output) : nil, errorIsTerminal ? windowWidth(.error) : nil]
        let columns = environment("COLUMNS").flatMap { Int($0) }
        width = (widths + [columns]).lazy.compactMap(\.self).first { (1...10_000).contains($0) } ?? 80
        isDumb = ["", "dumb"].contains(environment("TERM") ?? "")
        let forbidden = !(environment("NO_COLOR") ?? "").isEmpty
        let forced = !["", "0"].contains(environment("CLICOLOR_FORCE") ?? "")
        outputHasColour = !forbidden && (forced || outputIsTerminal && !isDumb)
        errorHasColour = !forbidden && (forced || errorIsTerminal && !isDumb)
        isUTF8 = Self.namesUTF8(locale: Self.locale(environment))
    }

    /// A variable of this process's environment.
    public static func processEnvironment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Whether a stream of this process is a terminal.
    public static func isTerminal(_ stream: Stream) -> Bool {
        isatty(stream.rawValue) == 1
    }

    /// The width in columns of the terminal behind a stream of this process.
    public static func windowWidth(_ stream: Stream) -> Int? {
        var size = winsize()
        guard ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// The first of the variables that decide on the character set (POSIX.1-2017, Base Definitions §8.2).
    private static func locale(_ environment: (String) -> String?) -> String {
        ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
    }

    private static func namesUTF8(locale: String) -> Bool {
        let codeset = locale.split(separator: "@").first?.split(separator: ".").dropFirst().first ?? ""
        return codeset.lowercased().filter { $0 != "-" } == "utf8"
    }
}
