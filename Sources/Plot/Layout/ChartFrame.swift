/// A chart with everything in its place: what all renderers share.
struct ChartFrame {
    /// A mark and where it stands.
    struct Line {
        /// From the left edge of the drawing.
        let x: Int
        let label: PlacedLabel?
        /// The line of labels that holds it.
        let line: Int
    }

    /// A panel, its place and its legend.
    struct Panel {
        let place: VerticalPlan.Place
        let legend: Legend
        let content: PanelContent
    }

    let chart: Chart
    let metrics: Metrics
    let width: Int
    let height: Int
    let plan: VerticalPlan
    let panels: [Panel]
    let captions: Legend
    let scale: TimeScale
    let gaps: GapSet
    let palette: StatePalette
    /// Where the drawing lies between the labels on its left and the right edge; not empty unless the width is.
    let plot: Range<Int>
    let ticks: [TimeTicks.Tick]
    let lines: [Line]

    init(_ chart: Chart, width: Int, height: Int, metrics: Metrics) {
        self.chart = chart
        self.metrics = metrics
        self.width = width
        self.height = height
        let scale = TimeScale(chart.window)
        let gaps = GapSet(chart.gaps, in: chart.window)
        let palette = StatePalette(chart.panels)
        self.scale = scale
        self.gaps = gaps
        self.palette = palette
        let data = chart.panels.map {
            PanelData(
                $0, scale: scale, gaps: gaps, palette: palette, width: width, resolution: metrics.resolution)
        }
        let legends = data.map {
            Legend($0.legend, width: width, maximumLines: height > 16 * metrics.line ? 3 : 1, metrics: metrics)
        }
        let marks = chart.marks.filter { chart.window.contains($0.time) }.sorted { $0.time < $1.time }
        captions = Legend(
            Self.captions(chart, gaps: gaps), width: width, maximumLines: width < 60 * Int(metrics.advance) ? 3 : 2,
            metrics: metrics)
        // Where the drawing begins is not known yet; two lines do for labels that touch.
        let wanted = Self.lines(marks, rows: 2, scale: scale, width: width, metrics: metrics)
        let markLines = wanted.isEmpty ? 0 : 1 + (wanted.lazy.map(\.line).max() ?? 0)
        let demands = zip(data, legends).map {
            VerticalPlan.Demand(headerLines: $1.lines, body: $0.wantedHeight(metrics))
        }
        plan = VerticalPlan(
            height: height,
            demands: demands,
            hasTitle: !chart.title.isEmpty, markLines: markLines, captionLines: captions.lines,
            metrics: metrics)
        var contents: [PanelContent] = []
        for (data, place) in zip(data, plan.places) {
            contents.append(
                PanelContent(
                    data, height: place.body.count, metrics: metrics, palette: palette, window: chart.window))
        }
        let plot = Self.plot(contents, width: width, metrics: metrics)
        self.plot = plot
        panels = zip(zip(plan.places, legends), contents).map { Panel(place: $0.0, legend: $0.1, content: $1) }
        ticks = TimeTicks(scale: scale, labels: chart.timeLabels, metrics: metrics, width: plot.count).ticks
        lines = Self.lines(marks, rows: plan.marks.count, scale: scale, width: plot.count, metrics: metrics)
    }

    /// The height that shows all of a chart, with so much for each panel of lines.
    static func fittingHeight(_ chart: Chart, width: Int, linePanel: Int, metrics: Metrics) -> Int {
        // Nothing of the data is looked at but the names.
        let palette = StatePalette(chart.panels)
        let captions = Legend(
            captions(chart, gaps: GapSet(chart.gaps, in: chart.window)), width: width, maximumLines: 2,
            metrics: metrics)
        let explained = 1 + captions.lines + (chart.title.isEmpty ? 0 : 1) + min(2, chart.marks.count)
        var height = metrics.axis + metrics.line * explained + metrics.spacing
        for panel in chart.panels {
            let entries = PanelData.legend(panel, traces: [], palette: palette)
            let legend = Legend(entries, width: width, maximumLines: 3, metrics: metrics)
            height += PanelData.wantedHeight(panel, metrics) ?? linePanel
            height += metrics.spacing + metrics.line * legend.lines
        }
        return height
    }

    /// Where an instant lies, in units from the left edge of everything.
    func x(_ time: Int64) -> Double {
        Double(plot.lowerBound) + scale.fraction(time) * Double(plot.count)
    }

    private static func captions(_ chart: Chart, gaps: GapSet) -> [Legend.Entry] {
        var entries = [Legend.Entry(sample: nil, text: chart.timeLabels.caption(chart.window), isHeading: true)]
        if !gaps.ranges.isEmpty { entries.append(Legend.Entry(sample: .gap, text: chart.gapWord)) }
        return entries
    }

    /// The labels on the left get what they need, up to a third of the width.
    private static func plot(_ contents: [PanelContent], width: Int, metrics: Metrics) -> Range<Int> {
        let space = Int(ceiling: metrics.advance)
        let wanted = contents.map { $0.gutter(metrics) }.max() ?? 0
        let gutter = min(wanted + space, width / 3)
        let start = gutter < 3 * space ? 0 : gutter
        return start..<max(start, width - metrics.spacing)
    }

    private static func lines(
        _ marks: [Chart.Mark], rows: Int, scale: TimeScale, width: Int, metrics: Metrics
    ) -> [Line] {
        var free = [LabelRow](repeating: LabelRow(width: width, spacing: Int(metrics.labelSpacing)), count: rows)
        return marks.map { mark in
            let x = max(0, min(width - 1, Int(scale.fraction(mark.time) * Double(width))))
            let text = metrics.cut(metrics.plain(mark.label), to: width)
            for row in 0..<rows {
                if let label = free[row].place(text, width: metrics.width(text), centre: x) {
                    return Line(x: x, label: label, line: row)
                }
            }
            return Line(x: x, label: nil, line: 0)
        }
    }
}
