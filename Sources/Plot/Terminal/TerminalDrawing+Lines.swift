extension TerminalDrawing {
    /// Draws all lines of a panel, the last one on top.
    mutating func drawLines(_ panel: LinePanel, _ traces: [Trace], _ axis: ValueAxis, in body: Range<Int>) {
        guard !body.isEmpty, !frame.plot.isEmpty else { return }
        var canvas = DotCanvas(columns: frame.plot.count, rows: body.count, isBraille: unicode)
        drawTicks(axis, canvas, in: body)
        for (number, trace) in traces.enumerated() { drawReach(trace, number, axis, canvas, in: body) }
        for (number, trace) in traces.enumerated() { draw(trace, number, axis, on: &canvas) }
        show(canvas, in: body)
        guard unicode, traces.count > 1 else { return }
        for (number, trace) in traces.enumerated() {
            drawSigns(trace, number, of: traces.count, axis, canvas, in: body)
        }
    }

    private mutating func drawTicks(_ axis: ValueAxis, _ canvas: DotCanvas, in body: Range<Int>) {
        var labelled: Set<Int> = []
        // The ends of the axis matter most where there is no room for all.
        let order = [axis.ticks.last, axis.ticks.first].compactMap(\.self) + axis.ticks
        for tick in order {
            let y = body.lowerBound + canvas.dot(0, axis.fraction(tick.value)).y / canvas.dots.down
            guard labelled.insert(y).inserted else { continue }
            drawGutter(frame.metrics.plain(tick.label), y: y)
        }
        drawValueAxis(body, ticks: labelled)
    }

    /// Draws the reach as a light pattern, which other lines may cross.
    private mutating func drawReach(
        _ trace: Trace, _ number: Int, _ axis: ValueAxis, _ canvas: DotCanvas, in body: Range<Int>
    ) {
        for run in trace.reaches {
            var previous: Trace.Reach?
            for reach in run {
                let x = canvas.dot(frame.scale.fraction(reach.time), 0).x
                let start = previous.map { canvas.dot(frame.scale.fraction($0.time), 0).x } ?? x
                for column in start / canvas.dots.across...x / canvas.dots.across {
                    // Between two points the reach follows a straight line, as the values do.
                    let part = x == start ? 1 : Double(column * canvas.dots.across - start) / Double(x - start)
                    let from = previous ?? reach
                    let share = max(0, min(1, part))
                    let low =
                        axis.fraction(from.lower) + (axis.fraction(reach.lower) - axis.fraction(from.lower)) * share
                    let high =
                        axis.fraction(from.upper) + (axis.fraction(reach.upper) - axis.fraction(from.upper)) * share
                    let top = canvas.dot(0, high).y / canvas.dots.down
                    let bottom = canvas.dot(0, low).y / canvas.dots.down
                    for row in top...max(top, bottom) {
                        grid.put(
                            glyphs.reach, frame.plot.lowerBound + column, body.lowerBound + row, .colour(number))
                    }
                }
                previous = reach
            }
        }
    }

    private func draw(_ trace: Trace, _ number: Int, _ axis: ValueAxis, on canvas: inout DotCanvas) {
        for run in trace.runs {
            var previous: (x: Int, y: Int)?
            for point in run {
                let dot = canvas.dot(frame.scale.fraction(point.time), axis.fraction(point.value))
                canvas.line(previous ?? dot, dot, owner: number)
                previous = dot
            }
        }
    }

    private mutating func show(_ canvas: DotCanvas, in body: Range<Int>) {
        for row in 0..<canvas.rows {
            for column in 0..<canvas.columns {
                let cell = row * canvas.columns + column
                guard canvas.bits[cell] != 0 else { continue }
                let owner = canvas.owners[cell]
                let glyph = unicode ? DotCanvas.braille(canvas.bits[cell]) : glyphs.series(owner)
                grid.put(glyph, frame.plot.lowerBound + column, body.lowerBound + row, .colour(owner))
            }
        }
    }

    /// Puts the sign of a series on its line now and then, and at its end, so that lines are told apart without colours.
    private mutating func drawSigns(
        _ trace: Trace, _ number: Int, of count: Int, _ axis: ValueAxis, _ canvas: DotCanvas, in body: Range<Int>
    ) {
        let period = max(12, count * 4)
        var due = number * period / count
        for point in trace.runs.joined() {
            let dot = canvas.dot(frame.scale.fraction(point.time), axis.fraction(point.value))
            let column = dot.x / canvas.dots.across
            guard column >= due else { continue }
            drawSign(number, dot, canvas, in: body)
            due = (column / period + 1) * period + number * period / count
        }
        if let last = trace.runs.last?.last {
            let dot = canvas.dot(frame.scale.fraction(last.time), axis.fraction(last.value))
            drawSign(number, dot, canvas, in: body)
        }
    }

    private mutating func drawSign(
        _ number: Int, _ dot: (x: Int, y: Int), _ canvas: DotCanvas, in body: Range<Int>
    ) {
        let x = frame.plot.lowerBound + dot.x / canvas.dots.across
        grid.put(glyphs.series(number), x, body.lowerBound + dot.y / canvas.dots.down, .colour(number))
    }
}
