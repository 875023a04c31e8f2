/// What is known of a panel before it has a place.
struct PanelData {
    let panel: Chart.Panel
    let traces: [Trace]
    let legend: [Legend.Entry]
    let hasValues: Bool

    init(_ panel: Chart.Panel, scale: TimeScale, gaps: GapSet, palette: StatePalette, width: Int, resolution: Int) {
        self.panel = panel
        if case .lines(let lines) = panel {
            traces = lines.series.map { Trace($0, scale: scale, gaps: gaps, columns: width * resolution) }
        } else {
            traces = []
        }
        legend =
            Self.legend(panel, traces: traces, palette: palette)
            + (Self.hasSeveral(panel, scale: scale, palette: palette, columns: width * 2 / 3)
                ? [Legend.Entry(sample: .several, text: "several changes")] : [])
        hasValues = Self.hasValues(panel, traces: traces, window: scale.window)
    }

    func wantedHeight(_ metrics: Metrics) -> Int? { Self.wantedHeight(panel, metrics) }

    /// The height that shows all rows; nil for lines, which fill any height.
    static func wantedHeight(_ panel: Chart.Panel, _ metrics: Metrics) -> Int? {
        switch panel {
        case .lines: nil
        case .lanes(let lanes): max(1, lanes.lanes.count) * metrics.row
        case .gantt(let gantt):
            max(1, min(gantt.rows.count, max(0, gantt.maximumRows))) * metrics.row
                + (gantt.rows.count > gantt.maximumRows ? metrics.line : 0)
        }
    }

    static func legend(_ panel: Chart.Panel, traces: [Trace], palette: StatePalette) -> [Legend.Entry] {
        switch panel {
        case .lines(let lines): legend(lines, traces)
        case .lanes(let lanes):
            heading(lanes.title)
                + words(lanes.lanes.lazy.flatMap { $0.intervals.lazy.map(\.value) }, palette.number(ofState:)) {
                    .state($0)
                }
        case .gantt(let gantt): legend(gantt, palette)
        }
    }

    private static func legend(_ lines: LinePanel, _ traces: [Trace]) -> [Legend.Entry] {
        let unit = lines.unit.map { $0.isEmpty ? "" : "(\($0))" } ?? ""
        var entries = heading(lines.title.isEmpty || unit.isEmpty ? lines.title + unit : lines.title + " " + unit)
        for (index, series) in lines.series.enumerated() {
            var text = series.name
            if index < traces.count {
                let trace = traces[index]
                if trace.skipped > 0 { text += " (\(trace.skipped) not finite)" }
                if trace.count == 0, trace.skipped == 0 { text += " (no values)" }
            }
            entries.append(Legend.Entry(sample: .series(index), text: text))
            if !series.bands.isEmpty { entries.append(Legend.Entry(sample: .reach(index), text: series.bandName)) }
        }
        return entries
    }

    private static func legend(_ gantt: GanttPanel, _ palette: StatePalette) -> [Legend.Entry] {
        let rows = gantt.rows.prefix(max(0, gantt.maximumRows))
        return heading(gantt.title)
            + words(rows.lazy.flatMap { $0.phases.lazy.map(\.word) }, palette.number(ofState:)) { .state($0) }
            + words(rows.lazy.flatMap { $0.events.lazy.map(\.word) }, palette.number(ofEvent:)) { .event($0) }
    }

    private static func heading(_ title: String) -> [Legend.Entry] {
        title.isEmpty ? [] : [Legend.Entry(sample: nil, text: title, isHeading: true)]
    }

    /// Each word once, in the order of the palette.
    private static func words(
        _ words: some Sequence<String>, _ number: (String) -> Int, _ sample: (Int) -> Sample
    ) -> [Legend.Entry] {
        var found: [Int: String] = [:]
        for word in words { found[number(word)] = word }
        return found.sorted { $0.key < $1.key }.map { Legend.Entry(sample: sample($0.key), text: $0.value) }
    }

    /// Whether states change so fast that a column shows several; asked for the narrowest drawing that there may be.
    private static func hasSeveral(
        _ panel: Chart.Panel, scale: TimeScale, palette: StatePalette, columns: Int
    ) -> Bool {
        let rows: [[StateRow.Interval]] =
            switch panel {
            case .lines: []
            case .lanes(let lanes): lanes.lanes.map { PanelContent.intervals($0, palette) }
            case .gantt(let gantt):
                gantt.rows.prefix(max(0, gantt.maximumRows)).map {
                    PanelContent.intervals($0, palette, end: scale.window.upperBound)
                }
            }
        return rows.contains { row in
            row.count > 1 && StateRow(row, scale: scale, columns: columns).blocks.contains { $0.state == nil }
        }
    }

    private static func hasValues(_ panel: Chart.Panel, traces: [Trace], window: Range<Int64>) -> Bool {
        switch panel {
        case .lines: traces.contains { $0.count > 0 }
        case .lanes(let lanes): lanes.lanes.contains { $0.intervals.contains { $0.range.overlaps(window) } }
        case .gantt(let gantt):
            // A piece of work belongs to the chart even when all of it lies outside the window.
            !gantt.rows.isEmpty
        }
    }
}
