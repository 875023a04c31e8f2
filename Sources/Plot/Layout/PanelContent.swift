import Terminal

/// What is drawn in a panel's place.
enum PanelContent {
    /// A row of states, its name and its events.
    struct Row {
        let name: DisplayText
        let intervals: [StateRow.Interval]
        let events: [GanttPanel.Event]
    }

    /// Nothing but a sentence that says why.
    case sentence(DisplayText)
    case lines(LinePanel, [Trace], ValueAxis)
    /// The rows that have room and the sentence about the others.
    case rows([Row], omitted: DisplayText?)

    init(_ data: PanelData, height: Int, metrics: Metrics, palette: StatePalette, window: Range<Int64>) {
        guard data.hasValues else {
            self = .sentence(metrics.plain(Chart.emptySentence))
            return
        }
        switch data.panel {
        case .lines(let panel):
            let ranges = data.traces.compactMap(\.values)
            let values = ranges.dropFirst().reduce(ranges.first) { union, range in
                union.map { min($0.lowerBound, range.lowerBound)...max($0.upperBound, range.upperBound) }
            }
            let axis = ValueAxis(values, maximumTicks: min(12, height / (2 * metrics.line)))
            self = .lines(panel, data.traces, axis)
        case .lanes(let panel):
            let count = panel.lanes.count
            let shown = Self.shown(count, atMost: count, height: height, metrics)
            let rows = panel.lanes.prefix(shown).map { lane in
                Row(name: metrics.plain(lane.name), intervals: Self.intervals(lane, palette), events: [])
            }
            self = .rows(rows, omitted: Self.sentence(shown, of: count, "rows", metrics))
        case .gantt(let panel):
            let count = panel.rows.count
            let shown = Self.shown(count, atMost: panel.maximumRows, height: height, metrics)
            let rows = panel.rows.prefix(shown).map { row in
                let intervals = Self.intervals(row, palette, end: window.upperBound)
                return Row(name: metrics.plain(row.label), intervals: intervals, events: row.events)
            }
            self = .rows(rows, omitted: Self.sentence(shown, of: count, panel.noun, metrics))
        }
    }

    static func intervals(_ lane: LanePanel.Lane, _ palette: StatePalette) -> [StateRow.Interval] {
        lane.intervals.map {
            StateRow.Interval(range: $0.range, state: palette.number(ofState: $0.value), isOpen: false)
        }
    }

    /// What goes on goes on to the end of the window.
    static func intervals(_ row: GanttPanel.Row, _ palette: StatePalette, end: Int64) -> [StateRow.Interval] {
        row.phases.map { phase in
            StateRow.Interval(
                range: phase.start..<max(phase.start, phase.end ?? end), state: palette.number(ofState: phase.word),
                isOpen: phase.end == nil)
        }
    }

    /// How wide the labels on the left are.
    func gutter(_ metrics: Metrics) -> Int {
        switch self {
        case .sentence: 0
        case .lines(_, _, let axis): axis.ticks.lazy.map { metrics.width(metrics.plain($0.label)) }.max() ?? 0
        case .rows(let rows, _): rows.lazy.map { metrics.width($0.name) }.max() ?? 0
        }
    }

    /// How many rows have room, with a line left for the sentence when it is needed.
    private static func shown(_ count: Int, atMost maximum: Int, height: Int, _ metrics: Metrics) -> Int {
        let wanted = min(count, max(0, maximum))
        let room = height / metrics.row
        if wanted == count, room >= count { return count }
        if height < metrics.row + metrics.line { return min(wanted, room) }
        return min(wanted, (height - metrics.line) / metrics.row)
    }

    private static func sentence(_ shown: Int, of count: Int, _ noun: String, _ metrics: Metrics) -> DisplayText? {
        shown < count ? metrics.plain("\(shown) of \(count) \(noun) shown") : nil
    }
}
