import Plot
import Terminal

/// Draws a chart where the options want it.
struct ChartWriter {
    let flags: PlotFlags
    /// The tape that is read, which no image may replace.
    let tape: String

    /// Width of images in their own units.
    private static let imageWidth = 1_000

    /// Draws.
    ///
    /// - Throws: ``ExportError`` for a file that cannot be written, or what the output throws.
    func write(_ chart: Chart) throws {
        if flags.plot {
            try TerminalChart.write(chart, to: OutputBuffer(descriptor: 1))
        }
        if let svg = flags.svg {
            let height = SVGPlot(width: Self.imageWidth, height: 400).fittingHeight(chart)
            try write(Array(SVGPlot(width: Self.imageWidth, height: height).svg(chart).utf8), to: svg)
        }
        if let png = flags.png {
            let height = PNGPlot(width: Self.imageWidth, height: 400).fittingHeight(chart)
            try write(PNGPlot(width: Self.imageWidth, height: height).png(chart), to: png)
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try ExportFile(path, tape: tape, replaces: flags.force)
        try file.output.append(bytes: bytes)
        try file.complete()
    }
}
