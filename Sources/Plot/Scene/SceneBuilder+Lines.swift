extension SceneBuilder {
    /// Up to so many points of a series get a dot of their own, with what it stands for.
    private static let mostDots = 200

    /// Adds all lines of a panel, the last one on top.
    mutating func addLines(_ panel: LinePanel, _ traces: [Trace], _ axis: ValueAxis, in body: Range<Int>) {
        let inset = Double(min(4, body.count / 4))
        let height = Double(body.count) - 2 * inset
        func y(_ value: Double) -> Double {
            Double(body.lowerBound) + inset + (1 - axis.fraction(value)) * height
        }
        addGrid(axis, in: body, y: y)
        for (number, trace) in traces.enumerated() {
            for run in trace.reaches where !run.isEmpty {
                add(
                    .area(
                        run.map { Scene.Slice(x: frame.x($0.time), top: y($0.upper), bottom: y($0.lower)) },
                        .reach(number)))
            }
        }
        for (number, trace) in traces.enumerated() {
            let series = panel.series[number]
            for run in trace.runs {
                let points = run.map { Scene.Point(x: frame.x($0.time), y: y($0.value)) }
                if points.count > 1 { add(.line(points, .series(number), tooltip: series.name)) }
            }
            addDots(trace, number, series.name, unit: panel.unit, y: y)
            if traces.count > 1 { addSigns(trace, number, of: traces.count, y: y) }
        }
    }

    private mutating func addGrid(_ axis: ValueAxis, in body: Range<Int>, y: (Double) -> Double) {
        var labelled: [Double] = []
        let order = [axis.ticks.last, axis.ticks.first].compactMap(\.self) + axis.ticks
        for (index, tick) in order.enumerated() {
            let height = y(tick.value)
            if index > 1 {
                add(.line([left, right].map { Scene.Point(x: $0, y: height) }, .grid, tooltip: nil))
            }
            guard !labelled.contains(where: { abs($0 - height) < Double(frame.metrics.line) }) else { continue }
            labelled.append(height)
            addGutter(frame.metrics.plain(tick.label), centre: height)
        }
    }

    /// Points with nothing on either side are always seen; the others as long as they are few.
    private mutating func addDots(
        _ trace: Trace, _ number: Int, _ name: String, unit: String?, y: (Double) -> Double
    ) {
        let areFew = trace.count <= Self.mostDots
        for run in trace.runs where areFew || run.count == 1 {
            for point in run {
                let corners = Sign.corners(0, x: frame.x(point.time), y: y(point.value), radius: 2)
                let unit = unit.map { $0.isEmpty ? "" : " " + $0 } ?? ""
                let tooltip = "\(name): \(point.value)\(unit)\n\(frame.chart.timeLabels.stamp(point.time))"
                add(.polygon(corners, .series(number), tooltip: tooltip))
            }
        }
    }

    private mutating func addSigns(_ trace: Trace, _ number: Int, of count: Int, y: (Double) -> Double) {
        let period = 80.0
        let shift = period * Double(number) / Double(count)
        var due = left + shift
        func sign(_ point: LinePanel.Point) {
            let corners = Sign.corners(number, x: frame.x(point.time), y: y(point.value), radius: 4)
            add(.polygon(corners, .series(number), tooltip: nil))
        }
        for point in trace.runs.joined() where frame.x(point.time) >= due {
            sign(point)
            let passed = Int(floor: (frame.x(point.time) - left - shift) / period) + 1
            due = left + shift + Double(passed) * period
        }
        if let last = trace.runs.last?.last { sign(last) }
    }
}
