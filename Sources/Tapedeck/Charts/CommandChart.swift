import DeviceProtocol
import Foundation
import Plot
import Query
import Tape
import Terminal

/// The lives of commands as bars over time.
struct CommandChart {
    /// The commands, in the order in which they stand below each other.
    var rows: [CommandRow]
    /// Commands that there are beside them, for which there is no room.
    var omitted = 0
    /// Until when what has not ended is drawn.
    var end: Timestamp
    /// Whether all commands are of one device, so that it need not be named.
    var hidesDevice: Bool

    /// The chart.
    ///
    /// - Parameters:
    ///   - selection: whose window is drawn, as far as it has one; else the time that the commands take.
    ///   - gaps: the loss ledger.
    ///   - zone: the zone of the times.
    ///   - maximumRows: bars that are drawn at most.
    /// - Returns: the chart.
    func chart(_ selection: Selection, gaps: [Gap], zone: TimeZone, maximumRows: Int = 40) -> Chart {
        let window = window(selection, maximumRows)
        return Chart(
            title: "", window: window, timeLabels: TimeLabels(zone), panels: [.gantt(panel(maximumRows))],
            gaps: gaps.map { gap in
                gap.beganAt.nanoseconds..<max(gap.beganAt.nanoseconds, gap.endedAt?.nanoseconds ?? .max)
            })
    }

    /// The bars alone, to stand in a chart of more.
    func panel(_ maximumRows: Int = 40) -> GanttPanel {
        // The panel counts its rows to say how many it leaves out.
        let rest = Array(repeating: GanttPanel.Row(label: "", phases: []), count: omitted)
        return GanttPanel(rows: rows.map(bar) + rest, maximumRows: maximumRows, noun: "commands")
    }

    private func window(_ selection: Selection, _ maximumRows: Int) -> Range<Int64> {
        let shown = rows.prefix(maximumRows)
        let first = shown.map(\.firstSeen.nanoseconds).min() ?? 0
        let last = shown.map { ($0.endedAt ?? end).nanoseconds }.max() ?? first
        let from = max(first, selection.since?.nanoseconds ?? .min)
        let until = max(last, from)
        // A little air, so that the last end is seen, and never an empty window.
        let air = max(1_000_000, (until &- from) / 50)
        return from..<until.addingReportingOverflow(air).partialValue
    }

    private func bar(_ row: CommandRow) -> GanttPanel.Row {
        var phases: [GanttPanel.Phase] = []
        let start = row.firstSeen.nanoseconds
        let stop = row.endedAt?.nanoseconds
        let begun = row.inProgressAt?.nanoseconds
        // Steps of the wall clock may put an end before its beginning.
        if begun ?? 0 > start || begun == nil {
            let word = begun == nil && row.state == .inProgress ? "in_progress" : "pending"
            phases.append(.init(word: word, start: start, end: (begun ?? stop).map { max(start, $0) }))
        }
        if let begun {
            phases.append(.init(word: "in_progress", start: max(start, begun), end: stop.map { max(start, begun, $0) }))
        }
        var events: [GanttPanel.Event] = []
        if let stop { events.append(.init(time: max(start, stop), word: row.state.rawValue)) }
        return GanttPanel.Row(label: label(row), phases: phases, events: events)
    }

    private func label(_ row: CommandRow) -> String {
        var words = [row.name ?? "(no name)"]
        if let id = row.id { words.append(OutputValue.shortened(id, .unicode)) }
        if !hidesDevice, let device = row.device { words.append(OutputValue.shortened(device.text, .unicode)) }
        return words.joined(separator: " ")
    }
}
