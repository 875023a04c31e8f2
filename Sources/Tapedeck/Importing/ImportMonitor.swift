import Tape
import Terminal

/// The progress of work on many messages, on standard error where that is a terminal.
final class ImportMonitor {
    private let clock = SystemTimeSource()
    private let began: Int64
    private var line: ProgressLine

    /// Begins to count the time; `isShown` false shows nothing.
    init(isShown: Bool = true, terminal: TerminalCapabilities = TerminalCapabilities()) {
        began = clock.monotonic
        line = ProgressLine(
            output: OutputBuffer(descriptor: 2), isShown: isShown && terminal.errorIsTerminal && !terminal.isDumb,
            width: terminal.width, glyphs: terminal.isUTF8 ? .unicode : .ascii)
    }

    /// Time since the beginning, ns.
    var elapsed: Int64 { clock.monotonic &- began }

    /// Shows how many messages were done and, where it is known, which share of the whole work.
    func show(messages: Int64, share: Double?) {
        let elapsed = elapsed
        line.update(now: clock.monotonic, Self.text(messages: messages, share: share, elapsed: elapsed))
    }

    /// Writes a lasting line.
    func note(_ text: String) {
        line.note(text)
    }

    /// Takes the progress away.
    func clear() {
        line.clear()
    }

    /// The text of the progress line.
    ///
    /// For example `1,234,567 messages (210,000/s)  45.0 %  12.0 s left`; without a share the rate is all.
    static func text(messages: Int64, share: Double?, elapsed: Int64) -> String {
        var text =
            "\(HumanFormat.count(messages, "message")) (\(HumanFormat.rate(messages, nanoseconds: elapsed)))"
        guard let share, share > 0, share <= 1 else { return text }
        text += "  \(HumanFormat.percent(share))"
        let left = Double(elapsed) * (1 - share) / share
        if left.isFinite, left < 1e18 { text += "  \(HumanFormat.duration(nanoseconds: Int64(left))) left" }
        return text
    }
}
