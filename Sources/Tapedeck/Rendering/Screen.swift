import Terminal

/// The format of the answer and what standard output can show of it.
struct Screen {
    /// How rows are written.
    var format: OutputFormat
    /// The terminal's columns; nil where the output is no terminal, so that nothing is cut there.
    var width: Int?
    /// Whether there are colours.
    var style: Style
    /// The characters that tables may add.
    var glyphs: Glyphs

    /// Whether long ids would leave no room for what they belong to.
    var isNarrow: Bool { width.map { $0 < 120 } ?? false }

    /// Chooses a table on a terminal and JSON Lines elsewhere, unless a format was asked for.
    init(_ format: OutputFormat?, _ terminal: TerminalCapabilities = TerminalCapabilities()) {
        self.format = format ?? (terminal.outputIsTerminal ? .table : .jsonl)
        width = terminal.outputIsTerminal ? terminal.width : nil
        style = Style(isEnabled: terminal.outputHasColour)
        glyphs = terminal.isUTF8 || !terminal.outputIsTerminal ? .unicode : .ascii
    }
}
