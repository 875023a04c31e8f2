import DeviceProtocol
import Plot
import Query

extension Chart {
    /// Draws a trend: a panel for each metric, a line of means for each group, with a band from the least to the greatest.
    static func trend(
        _ rows: [TrendRow], title: String, labels: TimeLabels, gaps: [Range<Int64>]
    ) -> Chart {
        var metrics: [String] = []
        var groups: [[String]] = []
        var lines: [[[TrendRow]]] = []
        for row in rows {
            if metrics.last.map({ $0.utf8.elementsEqual(row.metric.utf8) }) != true {
                metrics.append(row.metric)
                groups.append([])
                lines.append([])
            }
            let group = row.device?.text ?? row.group ?? "all"
            let last = metrics.count - 1
            if groups[last].last.map({ $0.utf8.elementsEqual(group.utf8) }) != true {
                groups[last].append(group)
                lines[last].append([])
            }
            lines[last][groups[last].count - 1].append(row)
        }
        let panels = metrics.indices.map { index in
            Chart.Panel.lines(
                LinePanel(
                    title: metrics[index],
                    series: groups[index].indices.map { series(groups[index][$0], lines[index][$0]) }))
        }
        let first = rows.map(\.from.nanoseconds).min() ?? 0
        let last = rows.map(\.until.nanoseconds).max() ?? 1
        return Chart(title: title, window: first..<last, timeLabels: labels, panels: panels, gaps: gaps)
    }

    private static func series(_ name: String, _ rows: [TrendRow]) -> LinePanel.Series {
        let step = rows.map { $0.until.nanoseconds &- $0.from.nanoseconds }.max() ?? 1
        return LinePanel.Series(
            name: name,
            points: rows.map { row in
                let middle = row.from.nanoseconds &+ (row.until.nanoseconds &- row.from.nanoseconds) / 2
                return LinePanel.Point(time: middle, value: row.average)
            },
            bands: rows.map { LinePanel.Band(lower: $0.minimum, upper: $0.maximum) },
            maximumStep: step.addingReportingOverflow(step / 2).partialValue)
    }
}
