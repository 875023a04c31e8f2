import DeviceProtocol
import Foundation
import JSONScan
import Plot
import Query
import Tape

/// The drawings of a timeline.
struct TimelineCharts {
    /// States, commands and what moved, in the window; nil where there is nothing to draw.
    let window: Chart?
    /// What moved, in the time before and the window; nil where nothing moved.
    let before: Chart?

    /// Metrics that are drawn.
    private static let lineLimit = 6

    /// - Parameters:
    ///   - answer: what happened.
    ///   - zone: the zone of the times.
    ///   - around: the instant that was asked for.
    init(_ answer: TimelineAnswer, zone: TimeZone, around: Timestamp?) {
        let window = answer.window.lowerBound.nanoseconds..<answer.window.upperBound.nanoseconds
        let whole = min(answer.baseline.lowerBound.nanoseconds, window.lowerBound)..<window.upperBound
        let gaps = answer.pictures.gaps.map { gap in
            gap.beganAt.nanoseconds..<max(gap.beganAt.nanoseconds, gap.endedAt?.nanoseconds ?? .max)
        }
        let mark = around.map { Chart.Mark(time: $0.nanoseconds, label: "asked for") }
        let lines = answer.pictures.lines.prefix(Self.lineLimit)
        var panels: [Chart.Panel] = []
        let lanes = Self.lanes(answer.pictures.lanes)
        if !lanes.isEmpty { panels.append(.lanes(LanePanel(title: "states", lanes: lanes))) }
        if !answer.pictures.commands.isEmpty {
            let commands = CommandChart(
                rows: answer.pictures.commands, end: answer.window.upperBound, hidesDevice: true)
            var panel = commands.panel(20)
            panel.title = "commands"
            panels.append(.gantt(panel))
        }
        panels += lines.map { .lines(Self.panel($0, answer, within: window)) }
        self.window =
            panels.isEmpty
            ? nil
            : Chart(
                title: "states, commands and what moved", window: window, timeLabels: TimeLabels(zone), panels: panels,
                marks: [mark].compactMap(\.self),
                gaps: gaps)
        before =
            lines.isEmpty || whole == window
            ? nil
            : Chart(
                title: "what moved, and before", window: whole, timeLabels: TimeLabels(zone),
                panels: lines.map { .lines(Self.panel($0, answer, within: whole)) },
                marks: [Chart.Mark(time: window.lowerBound, label: "window")], gaps: gaps)
    }

    private static func lanes(_ lanes: [TimelinePictures.Lane]) -> [LanePanel.Lane] {
        lanes.map { lane in
            LanePanel.Lane(
                name: lane.name,
                intervals: lane.states.map { state in
                    LanePanel.Interval(range: state.range, value: state.value.string ?? state.value.description)
                })
        }
    }

    private static func panel(
        _ line: TimelinePictures.Line, _ answer: TimelineAnswer, within window: Range<Int64>
    ) -> LinePanel {
        let points = zip(line.series.times, line.series.values).lazy
            .filter { window.contains($0.0) }.map { LinePanel.Point(time: $0.0, value: $0.1) }
        let step = answer.period.map { $0.multipliedReportingOverflow(by: 5).partialValue }
        return LinePanel(
            title: line.metric,
            series: [LinePanel.Series(name: line.metric, points: Array(points), maximumStep: step.map { max($0, 1) })])
    }
}
