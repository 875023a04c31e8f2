import Terminal

/// A chart on its way onto a grid of characters.
struct TerminalDrawing {
    let frame: ChartFrame
    let unicode: Bool
    let glyphs: TerminalGlyphs
    var grid: CellGrid

    init(_ frame: ChartFrame, unicode: Bool) {
        self.frame = frame
        self.unicode = unicode
        glyphs = unicode ? .unicode : .ascii
        grid = CellGrid(width: frame.width, height: frame.height)
    }

    mutating func draw() {
        drawTitle()
        drawMarkLabels()
        for panel in frame.panels {
            if let header = panel.place.header { draw(panel.legend, at: header) }
            drawBackground(panel.place.body)
            switch panel.content {
            case .sentence(let text): drawSentence(text, in: panel.place.body)
            case .lines(let lines, let traces, let axis): drawLines(lines, traces, axis, in: panel.place.body)
            case .rows(let rows, let omitted): drawRows(rows, omitted: omitted, in: panel.place.body)
            }
        }
        drawTimeAxis()
        if let caption = frame.plan.caption { draw(frame.captions, at: caption) }
    }

    /// Draws the vertical line on the left of a panel; ticks are lines of the grid.
    mutating func drawValueAxis(_ body: Range<Int>, ticks: Set<Int> = []) {
        for y in body {
            grid.put(ticks.contains(y) ? glyphs.tickLeft : glyphs.vertical, frame.plot.lowerBound - 1, y, .dim)
        }
    }

    /// Writes a label at the left of the axis.
    mutating func drawGutter(_ text: DisplayText, y: Int) {
        let room = frame.plot.lowerBound - 1
        let cut = frame.metrics.cut(text, to: room)
        grid.write(cut, room - cut.width, y)
    }

    private mutating func drawTitle() {
        guard let y = frame.plan.title else { return }
        grid.write(frame.metrics.cut(frame.metrics.plain(frame.chart.title), to: frame.width), 0, y, .strong)
    }

    private mutating func draw(_ legend: Legend, at y: Int) {
        for item in legend.items {
            var x = item.x
            if let sample = item.sample {
                let (glyph, ink) = glyphs.sample(sample)
                grid.put(glyph, x, y + item.line, ink)
                x += frame.metrics.sample
            }
            grid.write(item.text, x, y + item.line)
        }
    }

    private mutating func drawMarkLabels() {
        for line in frame.lines {
            guard let label = line.label else { continue }
            grid.write(label.text, frame.plot.lowerBound + label.start, frame.plan.marks[line.line], .strong)
        }
    }

    /// Shades what nobody recorded and draws the marks.
    private mutating func drawBackground(_ body: Range<Int>) {
        let gaps = frame.gaps.columns(of: frame.plot.count, scale: frame.scale)
        for y in body {
            for gap in gaps { for x in gap { grid.put(glyphs.gap, frame.plot.lowerBound + x, y, .dim) } }
            for line in frame.lines { grid.put(glyphs.mark, frame.plot.lowerBound + line.x, y, .strong) }
        }
    }

    private mutating func drawSentence(_ text: DisplayText, in body: Range<Int>) {
        drawValueAxis(body)
        guard !body.isEmpty else { return }
        let cut = frame.metrics.cut(text, to: frame.plot.count)
        let x = frame.plot.lowerBound + (frame.plot.count - cut.width) / 2
        grid.write(cut, x, body.lowerBound + body.count / 2)
    }

    private mutating func drawTimeAxis() {
        guard let y = frame.plan.axis, let labels = frame.plan.axisLabels else { return }
        grid.put(glyphs.corner, frame.plot.lowerBound - 1, y, .dim)
        for x in frame.plot { grid.put(glyphs.horizontal, x, y, .dim) }
        for tick in frame.ticks {
            let x = Int(frame.scale.fraction(tick.time) * Double(frame.plot.count))
            grid.put(glyphs.tickDown, frame.plot.lowerBound + min(x, frame.plot.count - 1), y, .dim)
            grid.write(tick.label.text, frame.plot.lowerBound + tick.label.start, labels)
        }
    }
}
