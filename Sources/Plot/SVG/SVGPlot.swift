import Terminal

/// Draws charts as Scalable Vector Graphics: one element that needs nothing else and may stand in a page.
public struct SVGPlot: Sendable {
    /// The width of the drawing's coordinates, in CSS pixels.
    public let width: Int
    /// The height of the drawing's coordinates, in CSS pixels.
    public let height: Int

    /// A drawing of a size in CSS pixels, each at least 1 and at most 16,384.
    public init(width: Int, height: Int) {
        self.width = max(1, min(16_384, width))
        self.height = max(1, min(16_384, height))
    }

    /// The chart as an `svg` element: well-formed XML 1.0, without a declaration before it.
    public func svg(_ chart: Chart) -> String {
        let scene = SceneBuilder.scene(ChartFrame(chart, width: width, height: height, metrics: Self.metrics))
        let title = XMLText.escaped(DisplayText(label: chart.title.isEmpty ? "Chart" : chart.title).text)
        var writer = SVGWriter()
        writer.text = """
            <svg xmlns="http://www.w3.org/2000/svg" class="td-plot" viewBox="0 0 \(width) \(height)" width="\(width)" \
            height="\(height)" role="img" aria-label="\(title)">
            <title>\(title)</title>
            <desc>\(XMLText.escaped(description(of: chart)))</desc>
            <style>\(SVGStyle.sheet)</style>

            """
        for shape in scene.shapes { writer.write(shape) }
        return writer.text + "</svg>\n"
    }

    /// The height that shows all rows of a chart, when a panel of lines gets so many CSS pixels.
    public func fittingHeight(_ chart: Chart, linePanel: Int = 180) -> Int {
        ChartFrame.fittingHeight(
            chart, width: width, linePanel: max(1, min(16_384, linePanel)), metrics: Self.metrics)
    }

    /// For those who do not see it: what it shows, and when.
    private func description(of chart: Chart) -> String {
        let names = chart.panels.flatMap { panel in
            switch panel {
            case .lines(let lines): lines.series.map(\.name)
            case .lanes(let lanes): lanes.lanes.map(\.name)
            case .gantt(let gantt): gantt.rows.prefix(max(0, gantt.maximumRows)).map(\.label)
            }
        }
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and others" : "")
        return DisplayText(label: "\(chart.timeLabels.caption(chart.window)): \(shown)").text
    }

    private static let metrics = Metrics(
        line: 16, row: 20, advance: 6.7, spacing: 8, axis: 6, sample: 28, labelSpacing: 12, glyphs: .unicode,
        resolution: 1)
}

/// Writes shapes as elements.
private struct SVGWriter {
    var text = ""

    mutating func write(_ shape: Scene.Shape) {
        switch shape {
        case .rectangle(let x, let y, let width, let height, let paint, let tooltip):
            let place = "x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(height))\""
            element("rect", "class=\"\(SVGStyle.name(paint))\" \(place)", tooltip)
        case .line(let points, let paint, let tooltip):
            element("polyline", "class=\"td-l \(SVGStyle.name(paint))\" points=\"\(list(points))\"", tooltip)
        case .area(let slices, let paint):
            let outline =
                slices.map { Scene.Point(x: $0.x, y: $0.top) }
                + slices.reversed().map { Scene.Point(x: $0.x, y: $0.bottom) }
            element("polygon", "class=\"\(SVGStyle.name(paint))\" points=\"\(list(outline))\"", nil)
        case .polygon(let points, let paint, let tooltip):
            element("polygon", "class=\"\(SVGStyle.name(paint))\" points=\"\(list(points))\"", tooltip)
        case .text(let content, let point, let anchor, let ink):
            let side =
                switch anchor {
                case .start: ""
                case .middle: " text-anchor=\"middle\""
                case .end: " text-anchor=\"end\""
                }
            text += "<text class=\"\(SVGStyle.name(ink))\" x=\"\(number(point.x))\" y=\"\(number(point.y))\"\(side)>"
            text += XMLText.escaped(content.text) + "</text>\n"
        }
    }

    private mutating func element(_ name: String, _ attributes: String, _ tooltip: String?) {
        guard let tooltip else {
            text += "<\(name) \(attributes)/>\n"
            return
        }
        // Each line of a tooltip is made harmless by itself, so that its own line ends stay.
        let lines = tooltip.split(separator: "\n", maxSplits: 8).map {
            XMLText.escaped(DisplayText(label: String($0)).text)
        }
        text += "<\(name) \(attributes)><title>\(lines.joined(separator: "&#10;"))</title></\(name)>\n"
    }

    private func list(_ points: [Scene.Point]) -> String {
        var list = ""
        list.reserveCapacity(points.count * 12)
        for point in points {
            if !list.isEmpty { list += " " }
            list += number(point.x)
            list += ","
            list += number(point.y)
        }
        return list
    }

    /// A coordinate with at most one digit behind the point.
    private func number(_ value: Double) -> String {
        let tenths = Int(nearest: value * 10)
        if tenths % 10 == 0 { return String(tenths / 10) }
        return (tenths < 0 ? "-" : "") + "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
