import Terminal

/// Turns a chart's frame into shapes.
struct SceneBuilder {
    let frame: ChartFrame
    private(set) var scene: Scene

    init(_ frame: ChartFrame) {
        self.frame = frame
        scene = Scene(width: frame.width, height: frame.height)
    }

    static func scene(_ frame: ChartFrame) -> Scene {
        var builder = SceneBuilder(frame)
        builder.build()
        return builder.scene
    }

    var left: Double { Double(frame.plot.lowerBound) }
    var right: Double { Double(frame.plot.upperBound) }

    mutating func add(_ shape: Scene.Shape) { scene.shapes.append(shape) }

    mutating func addText(_ text: DisplayText, x: Double, lineTop: Int, _ anchor: Scene.Anchor, _ ink: Scene.Ink) {
        guard text.width > 0 else { return }
        // Letters stand on a line that leaves a quarter of the height for what hangs below.
        let baseline = Double(lineTop) + Double(frame.metrics.line) * 0.75
        add(.text(text, Scene.Point(x: x, y: baseline), anchor, ink))
    }

    mutating func addVertical(_ x: Double, _ range: Range<Int>, _ paint: Scene.Paint, tooltip: String? = nil) {
        let ends = [range.lowerBound, range.upperBound].map { Scene.Point(x: x, y: Double($0)) }
        add(.line(ends, paint, tooltip: tooltip))
    }

    /// Writes a label at the left of the axis, around a height.
    mutating func addGutter(_ text: DisplayText, centre: Double) {
        let space = Int(ceiling: frame.metrics.advance)
        let cut = frame.metrics.cut(text, to: frame.plot.lowerBound - space)
        guard cut.width > 0 else { return }
        let baseline = centre + Double(frame.metrics.line) * 0.25
        add(.text(cut, Scene.Point(x: left - Double(space), y: baseline), .end, .plain))
    }

    private mutating func build() {
        add(
            .rectangle(
                x: 0, y: 0, width: Double(frame.width), height: Double(frame.height), .background, tooltip: nil))
        if let y = frame.plan.title {
            let title = frame.metrics.cut(frame.metrics.plain(frame.chart.title), to: frame.width)
            addText(title, x: 0, lineTop: y, .start, .strong)
        }
        for panel in frame.panels {
            if let header = panel.place.header { addLegend(panel.legend, lineTop: header) }
            guard !panel.place.body.isEmpty, !frame.plot.isEmpty else { continue }
            addHoles(panel.place.body)
            switch panel.content {
            case .sentence(let text): addSentence(text, in: panel.place.body)
            case .lines(let lines, let traces, let axis): addLines(lines, traces, axis, in: panel.place.body)
            case .rows(let rows, let omitted): addRows(rows, omitted: omitted, in: panel.place.body)
            }
            addMarks(panel.place.body)
            addVertical(left, panel.place.body, .axis)
        }
        addMarkLabels()
        addTimeAxis()
        if let caption = frame.plan.caption { addLegend(frame.captions, lineTop: caption) }
    }

    private mutating func addSentence(_ text: DisplayText, in body: Range<Int>) {
        let cut = frame.metrics.cut(text, to: frame.plot.count)
        let top = body.lowerBound + max(0, body.count - frame.metrics.line) / 2
        addText(cut, x: (left + right) / 2, lineTop: top, .middle, .muted)
    }

    private mutating func addHoles(_ body: Range<Int>) {
        for columns in frame.gaps.columns(of: frame.plot.count, scale: frame.scale) {
            add(
                .rectangle(
                    x: left + Double(columns.lowerBound), y: Double(body.lowerBound), width: Double(columns.count),
                    height: Double(body.count), .gap, tooltip: frame.chart.gapWord))
        }
    }

    private mutating func addMarks(_ body: Range<Int>) {
        let marks = frame.chart.marks.filter { frame.scale.window.contains($0.time) }
        for mark in marks { addVertical(frame.x(mark.time), body, .mark, tooltip: mark.label) }
    }

    private mutating func addMarkLabels() {
        for line in frame.lines {
            guard let label = line.label else { continue }
            let centre = left + Double(label.start + label.end) / 2
            addText(label.text, x: centre, lineTop: frame.plan.marks[line.line], .middle, .strong)
        }
    }

    private mutating func addTimeAxis() {
        guard let top = frame.plan.axis, let labels = frame.plan.axisLabels, !frame.plot.isEmpty else { return }
        add(.line([left, right].map { Scene.Point(x: $0, y: Double(top)) }, .axis, tooltip: nil))
        for tick in frame.ticks {
            addVertical(frame.x(tick.time), top..<top + frame.metrics.axis * 2 / 3, .axis)
            let centre = left + Double(tick.label.start + tick.label.end) / 2
            addText(tick.label.text, x: centre, lineTop: labels, .middle, .plain)
        }
    }
}
