import Glibc

/// One line at the bottom of a terminal that is written over and over, at most ten times a second.
///
/// It is meant for standard error. Where that is no terminal, or a dumb one, nothing is written but notes. Trouble with
/// writing is ignored, because no work should fail for want of a progress display.
public struct ProgressLine {
    /// The shortest time between two updates, in nanoseconds.
    public static let interval: Int64 = 100_000_000

    /// The terminal's width in columns, to be renewed when it changes.
    public var width: Int

    private let output: OutputBuffer
    private let isShown: Bool
    /// Whether nobody else has the terminal now: a job in the background must not write over what its user types.
    private let isInFront: () -> Bool
    private let glyphs: Glyphs
    private var last: Int64?
    private var isDirty = false

    /// A line on `output`, which it flushes at each change.
    public init(
        output: OutputBuffer, isShown: Bool, width: Int, glyphs: Glyphs = .unicode,
        isInFront: @escaping () -> Bool = { true }
    ) {
        self.output = output
        self.isShown = isShown
        self.isInFront = isInFront
        self.width = width
        self.glyphs = glyphs
    }

    /// A line on `output` that is shown when standard error is a terminal which can erase a line.
    public init(output: OutputBuffer, capabilities: TerminalCapabilities) {
        self.init(
            output: output, isShown: capabilities.errorIsTerminal && !capabilities.isDumb, width: capabilities.width,
            glyphs: capabilities.isUTF8 ? .unicode : .ascii, isInFront: Self.hasTerminal)
    }

    /// Whether this process belongs to the job in the foreground of standard error's terminal (tcgetpgrp(3)); also where
    /// that is not its own terminal.
    private static func hasTerminal() -> Bool {
        let foreground = tcgetpgrp(STDERR_FILENO)
        return foreground < 0 || foreground == getpgrp()
    }

    /// Shows a text, unless the last one is younger than ``interval``.
    ///
    /// - Parameters:
    ///   - now: The time in nanoseconds on any clock that does not run backwards.
    ///   - text: Made only when it is shown.
    public mutating func update(now: Int64, _ text: @autoclosure () -> String) {
        guard isShown, last.map({ isDue(now, after: $0) }) ?? true else { return }
        last = now
        guard isInFront() else {
            isDirty = false
            return
        }
        // The last column stays free: many terminals wrap as soon as it is filled.
        let line = DisplayText(text(), glyphs: glyphs).cut(to: width - 1, glyphs: glyphs)
        write(Self.erase + line.text)
        isDirty = true
    }

    /// Writes a lasting line above the progress; the latter comes back with its next update.
    public mutating func note(_ text: String) {
        let line = DisplayText(text, glyphs: glyphs).text + "\n"
        write(isDirty ? Self.erase + line : line)
        isDirty = false
        last = nil
    }

    /// Takes the line away, so that whatever comes next begins on a clean one.
    public mutating func clear() {
        if isDirty { write(Self.erase) }
        isDirty = false
        last = nil
    }

    /// Carriage return and Erase in Line (ECMA-48 §8.3.41).
    private static let erase = "\r\u{1b}[2K"

    private func isDue(_ now: Int64, after last: Int64) -> Bool {
        let (elapsed, overflow) = now.subtractingReportingOverflow(last)
        return overflow || elapsed >= Self.interval || elapsed < 0
    }

    private func write(_ text: String) {
        try? output.append(text)
        try? output.flush()
    }
}
