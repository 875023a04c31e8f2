import Terminal

/// Draws charts with characters: lines in braille dots or ASCII, states and work as blocks.
public struct TerminalPlot: Sendable {
    /// The columns that no line exceeds.
    public let width: Int
    /// The most lines that a chart takes.
    public let height: Int
    /// Whether the lines hold colours (Select Graphic Rendition); nothing can be told by them alone.
    public let color: Bool
    /// Whether characters outside of ASCII may be used.
    public let unicode: Bool

    /// A drawing of a size in columns and lines, each at least 1 and at most 1000.
    public init(width: Int, height: Int, color: Bool, unicode: Bool) {
        self.width = max(1, min(1000, width))
        self.height = max(1, min(1000, height))
        self.color = color
        self.unicode = unicode
    }

    /// The chart as lines from top to bottom, without line ends.
    ///
    /// It holds no controls but those of the colours.
    public func lines(_ chart: Chart) -> [String] {
        let frame = ChartFrame(chart, width: width, height: height, metrics: metrics)
        var drawing = TerminalDrawing(frame, unicode: unicode)
        drawing.draw()
        var lines = drawing.grid.lines(color: color)
        while lines.count > 1, lines.last == "" { lines.removeLast() }
        return lines
    }

    /// How many lines show all rows of a chart, when a panel of lines gets so many.
    public func fittingHeight(_ chart: Chart, linePanel: Int = 10) -> Int {
        ChartFrame.fittingHeight(chart, width: width, linePanel: max(1, min(1000, linePanel)), metrics: metrics)
    }

    private var metrics: Metrics {
        Metrics(
            line: 1, row: 1, advance: 1, spacing: 0, axis: 1, sample: 2, labelSpacing: 2,
            glyphs: unicode ? .unicode : .ascii,
            resolution: unicode ? 2 : 1)
    }
}
