import DeviceProtocol
import Foundation
import Plot
import Query
import Tape
import Terminal

/// A timeline as one page of HTML that needs nothing else: no script, no font, no image of another place.
struct TimelinePage {
    private let answer: TimelineAnswer
    private let question: TapeQuestion
    private let around: Timestamp?
    private let times: TableTime

    /// - Parameters:
    ///   - answer: what happened.
    ///   - question: the tape and the zone of the times.
    ///   - around: the instant that was asked for.
    init(_ answer: TimelineAnswer, _ question: TapeQuestion, around: Timestamp?) {
        self.answer = answer
        self.question = question
        self.around = around
        times = TableTime(
            from: min(answer.entries.first?.time ?? answer.window.lowerBound, answer.window.lowerBound),
            to: Timestamp(nanoseconds: answer.window.upperBound.nanoseconds &- 1), zone: question.zone)
    }

    /// The whole page.
    var html: String {
        let charts = TimelineCharts(answer, zone: question.zone, around: around)
        let rows = answer.rows
        let title = "\(answer.device.text) \(clock(answer.window.lowerBound))"
        return """
            \(HTMLPage.beginning(title: title, style: Self.style))
            <main>
            \(header)
            \(ledger)
            \(figure(charts.window, "The window"))
            \(moved(rows.filter { $0.event == .moved }))
            \(figure(charts.before, "The same metrics in the hours before"))
            \(story)
            </main>
            \(footer)
            </body>
            </html>

            """
    }

    // MARK: Parts

    private var header: String {
        let window = "\(time(answer.window.lowerBound)) to \(time(answer.window.upperBound))"
        var facts = [
            ("Window", "\(window) \(HTMLText.escaped(TableTime.name(question.zone))), by time of arrival")
        ]
        if let around { facts.append(("Asked for", time(around))) }
        facts.append(("Messages", HumanFormat.count(answer.messages)))
        if let period = answer.period {
            facts.append(("Telemetry", "usually every \(HumanFormat.duration(nanoseconds: period))"))
        }
        if answer.messages == 0 {
            if let near = answer.nearestBefore { facts.append(("Heard last before", time(near))) }
            if let near = answer.nearestAfter { facts.append(("Heard next after", time(near))) }
        }
        facts.append(("Tape", HTMLText.isolated(URL(fileURLWithPath: question.path).lastPathComponent)))
        let list = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined(separator: "\n")
        return "<header>\n<h1>\(HTMLText.isolated(answer.device.text))</h1>\n<dl>\n\(list)\n</dl>\n</header>"
    }

    /// What the loss ledger says, first of all; that it says nothing is worth a line too.
    private var ledger: String {
        guard !answer.gaps.isEmpty else {
            return "<p class=\"calm\">The loss ledger knows of no gap in this window.</p>"
        }
        let rows = answer.gaps.map { gap in
            "<li>\(HTMLText.escaped(TapeQuestion.describe(gap, question.zone)))</li>"
        }
        return """
            <section class="alarm" aria-labelledby="ledger">
            <h2 id="ledger">Missing from the recording</h2>
            <ul>
            \(rows.joined(separator: "\n"))
            </ul>
            </section>
            """
    }

    private func figure(_ chart: Chart?, _ caption: String) -> String {
        guard let chart else { return "" }
        let ruler = SVGPlot(width: Self.width, height: 1)
        let plot = SVGPlot(width: Self.width, height: ruler.fittingHeight(chart, linePanel: 120))
        return "<figure>\n<figcaption>\(HTMLText.escaped(caption))</figcaption>\n\(plot.svg(chart))</figure>"
    }

    private func moved(_ rows: [TimelineEntry]) -> String {
        let length = answer.baseline.upperBound.nanoseconds &- answer.baseline.lowerBound.nanoseconds
        let title = "What moved, against the \(HumanFormat.duration(nanoseconds: length)) before"
        guard !rows.isEmpty else { return "<h2>\(title)</h2>\n<p class=\"calm\">No metric that is a number moved.</p>" }
        let items = zip(rows, answer.moved).map { row, moved in
            let when = moved.time.map { " <span class=\"when\">\(time($0))</span>" } ?? ""
            return "<li>\(HTMLText.isolated(row.what))\(when)</li>"
        }
        return "<h2>\(title)</h2>\n<ol class=\"moved\">\n\(items.joined(separator: "\n"))\n</ol>"
    }

    private var story: String {
        guard !answer.entries.isEmpty else {
            return "<h2>What happened</h2>\n<p class=\"calm\">Nothing changed in this window.</p>"
        }
        let rows = answer.entries.map { entry in
            let length = entry.until.map { until in
                " <span class=\"when\">until \(time(until))</span>"
            }
            return """
                <tr class="\(Self.class(entry.weight))"><td>\(time(entry.time))</td>\
                <td><span class="event">\(entry.event.rawValue)</span></td>\
                <td>\(HTMLText.isolated(entry.what))\(length ?? "")</td>\
                <td class="seq">\(entry.sequence.map(String.init) ?? "")</td></tr>
                """
        }
        return """
            <h2>What happened</h2>
            <table>
            <thead><tr><th scope="col">\(HTMLText.escaped(times.title("time")))</th><th scope="col">event</th>\
            <th scope="col">what</th><th scope="col">seq</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            """
    }

    private var footer: String {
        """
        <footer>
        <p>A metric moved when its value is three spreads or more from its median in the time before: the value furthest \
        outside of all values before or, where there is none, the median of the window. A spread is 1.4826 times the \
        median absolute deviation, a quarter of the range where that is 0, and never less than a thousandth of the \
        median. Counters are judged by their rise a second. Silences are longer than five usual periods and than ten \
        seconds. Shaded times were not recorded. seq is the message's place on the tape.</p>
        </footer>
        """
    }

    // MARK: Words

    private func time(_ time: Timestamp) -> String {
        "<time datetime=\"\(time.rfc3339)\">\(HTMLText.escaped(times.text(time)))</time>"
    }

    private func clock(_ time: Timestamp) -> String { TableTime.full(time, question.zone) }

    private static func `class`(_ weight: TimelineEntry.Weight) -> String {
        switch weight {
        case .usual: "usual"
        case .notable: "notable"
        case .bad: "bad"
        }
    }

    private static let width = 960
}
