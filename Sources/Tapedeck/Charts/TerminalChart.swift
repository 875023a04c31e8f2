import Plot
import Terminal

/// Writes charts where tables would go.
enum TerminalChart {
    /// Writes a chart as wide as the terminal; elsewhere as wide as `COLUMNS`, or 80.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    static func write(_ chart: Chart, to output: OutputBuffer, _ terminal: TerminalCapabilities = .init()) throws {
        let isUnicode = terminal.isUTF8 || !terminal.outputIsTerminal
        let ruler = TerminalPlot(width: terminal.width, height: 1, color: false, unicode: isUnicode)
        let plot = TerminalPlot(
            width: terminal.width, height: ruler.fittingHeight(chart), color: terminal.outputHasColour,
            unicode: isUnicode)
        for line in plot.lines(chart) { try output.append(line + "\n") }
        try output.flush()
    }
}
