import Terminal

/// Draws charts as PNG files.
public struct PNGPlot: Sendable {
    /// The width of the picture in pixels.
    public let width: Int
    /// The height of the picture in pixels.
    public let height: Int
    /// How many pixels a unit of the drawing is wide and high: with 2, letters and lines are twice as large.
    public let scale: Int

    /// A picture of a size in pixels, each at least 1 and at most 8192; large ones get larger letters unless a scale (1
    /// to 8) is given.
    public init(width: Int, height: Int, scale: Int? = nil) {
        self.width = max(1, min(8192, width))
        self.height = max(1, min(8192, height))
        self.scale = max(1, min(8, scale ?? (min(self.width, self.height * 2) + 399) / 800))
    }

    /// The chart as the bytes of a PNG file.
    public func png(_ chart: Chart) -> [UInt8] {
        let frame = ChartFrame(
            chart, width: max(1, width / scale), height: max(1, height / scale), metrics: Self.metrics)
        var painter = ScenePainter(width: width, height: height, scale: Double(scale))
        for shape in SceneBuilder.scene(frame).shapes { painter.paint(shape) }
        return PNGFile.bytes(painter.raster)
    }

    /// The height in pixels that shows all rows of a chart, when a panel of lines gets so many; as far as a picture may
    /// be high.
    public func fittingHeight(_ chart: Chart, linePanel: Int = 180) -> Int {
        let units = ChartFrame.fittingHeight(
            chart, width: max(1, width / scale), linePanel: max(1, min(8192, linePanel)) / scale,
            metrics: Self.metrics)
        return min(8192, units * scale)
    }

    private static let metrics = Metrics(
        line: 14, row: 18, advance: Double(BitmapFont.advance), spacing: 8, axis: 6, sample: 26, labelSpacing: 12,
        glyphs: .unicode, resolution: 1)
}

/// Paints shapes on pixels.
private struct ScenePainter {
    var raster: Raster
    let scale: Double

    init(width: Int, height: Int, scale: Double) {
        raster = Raster(width: width, height: height)
        self.scale = scale
    }

    mutating func paint(_ shape: Scene.Shape) {
        switch shape {
        // The pixels are white from the start.
        case .rectangle(_, _, _, _, .background, _): break
        case .rectangle(let x, let y, let width, let height, let paint, _):
            raster.fillRectangle(
                x: x * scale, y: y * scale, width: width * scale, height: height * scale, colour(paint))
        case .line(let points, let paint, _):
            let isThin = paint == .axis || paint == .grid || paint == .mark
            raster.stroke(points.map { scaled($0, snapped: isThin) }, width: (isThin ? 1 : 1.5) * scale, colour(paint))
        case .area(let slices, let paint):
            let scaled = slices.map { Scene.Slice(x: $0.x * scale, top: $0.top * scale, bottom: $0.bottom * scale) }
            raster.fillArea(scaled, colour(paint))
        case .polygon(let points, let paint, _):
            raster.fillPolygon(points.map { scaled($0, snapped: false) }, colour(paint))
        case .text(let text, let point, let anchor, let ink): paint(text, point, anchor, ink)
        }
    }

    private mutating func paint(_ text: DisplayText, _ point: Scene.Point, _ anchor: Scene.Anchor, _ ink: Scene.Ink) {
        let width = Double(text.width * BitmapFont.advance - 1)
        let offset =
            switch anchor {
            case .start: 0.0
            case .middle: width / 2
            case .end: width
            }
        let dot = Int(scale)
        var x = Int(nearest: (point.x - offset) * scale)
        let y = Int(nearest: point.y * scale) - BitmapFont.ascent * dot
        for character in text.text {
            let columns = DisplayWidth.of(character)
            // What is two columns wide is a box as wide as that.
            let stretch = columns == 2 ? Double(2 * BitmapFont.advance - 1) / 5 : 1
            for (row, bits) in BitmapFont.rows(character).enumerated() {
                for column in 0..<5 where bits >> UInt8(4 - column) & 1 == 1 {
                    raster.fillRectangle(
                        x: Double(x) + Double(column) * scale * stretch, y: Double(y + row * dot),
                        width: scale * stretch, height: scale, Colours.of(ink, dark: false))
                }
            }
            x += columns * BitmapFont.advance * dot
        }
    }

    private func colour(_ paint: Scene.Paint) -> Colour { Colours.of(paint, dark: false) }

    /// Thin lines along the edges of pixels are moved onto them, so that they are sharp.
    private func scaled(_ point: Scene.Point, snapped: Bool) -> Scene.Point {
        guard snapped else { return Scene.Point(x: point.x * scale, y: point.y * scale) }
        let half = Int(scale) % 2 == 1 ? 0.5 : 0
        return Scene.Point(
            x: Double(Int(floor: point.x * scale)) + half, y: Double(Int(floor: point.y * scale)) + half)
    }
}
