import DeviceProtocol
import Diff
import Foundation
import Terminal

/// The comparison as one page of HTML that needs nothing else: no script, no font, no image of another place.
struct DiffPage {
    let summary: DiffSummary
    let findings: DiffFindings
    /// What was compared: a name and a value each.
    let facts: [(String, String)]
    /// What the loss ledgers say of both tapes.
    let losses: [String]
    let verdict: String
    let zone: TimeZone

    /// Writes the page.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    func write(to output: OutputBuffer) throws {
        try output.append(
            """
            \(HTMLPage.beginning(title: verdict, style: Self.style))
            <main>
            \(header)
            \(ledger)

            """)
        try writeMatrix(to: output)
        try writeDifferences(to: output)
        try output.append(
            """
            </main>
            <footer>
            <p>A pair of messages counts once, by its gravest verdict. Late is what came more than the time tolerance \
            earlier or later than the command it answers asks for, anything else than the run. seq is the message's place \
            on the base and on the candidate.</p>
            </footer>
            </body>
            </html>

            """)
    }

    private var header: String {
        let list = facts.map { name, value in
            "<div><dt>\(HTMLText.escaped(name))</dt><dd>\(HTMLText.isolated(value))</dd></div>"
        }
        let role = summary.total.different == 0 ? "good" : "bad"
        return "<header>\n<h1 class=\"\(role)\">\(HTMLText.escaped(verdict))</h1>\n"
            + "<dl>\n\(list.joined(separator: "\n"))\n</dl>\n</header>"
    }

    private var ledger: String {
        guard !losses.isEmpty else { return "<p class=\"calm\">The loss ledgers know of no gap.</p>" }
        let rows = losses.map { "<li>\(HTMLText.escaped($0))</li>" }
        return """
            <section class="alarm" aria-labelledby="ledger">
            <h2 id="ledger">Missing from the recordings</h2>
            <ul>
            \(rows.joined(separator: "\n"))
            </ul>
            </section>
            """
    }

    private func writeMatrix(to output: OutputBuffer) throws {
        let verdicts = Verdict.allCases.map { "<th scope=\"col\">\($0.rawValue)</th>" }.joined()
        try output.append(
            """
            <h2>By device and kind</h2>
            <table class="matrix">
            <thead><tr><th scope="col">device</th><th scope="col">kind</th><th scope="col">same</th>\(verdicts)</tr></thead>
            <tbody>

            """)
        var last: DeviceID??
        for (group, counts) in summary.byKind {
            let isNew = last != .some(group.device)
            last = .some(group.device)
            let cells = Verdict.allCases.map { verdict in
                let count = counts[verdict]
                return count == 0
                    ? "<td class=\"none\">–</td>"
                    : "<td class=\"\(verdict.rawValue)\">\(HumanFormat.count(count))</td>"
            }
            let device = isNew ? HTMLText.isolated(group.device?.text ?? "(no device)") : ""
            try output.append(
                "<tr\(isNew ? " class=\"first\"" : "")><th scope=\"row\">\(device)</th><td>\(group.kind.rawValue)</td>"
                    + "<td>\(HumanFormat.count(counts.same))</td>\(cells.joined())</tr>\n")
        }
        try output.append("</tbody>\n</table>\n")
    }

    private func writeDifferences(to output: OutputBuffer) throws {
        guard findings.total > 0 else { return }
        try output.append("<h2>What differs</h2>\n")
        for group in findings.counts.keys.sorted() {
            let lines = findings.lines[group] ?? []
            let count = findings.counts[group] ?? 0
            let name = group.name.isEmpty ? group.kind.rawValue : "\(group.kind.rawValue) \(group.name)"
            try output.append(
                """
                <details\(findings.counts.count <= 8 ? " open" : "")>
                <summary>\(HTMLText.isolated(group.device?.text ?? "(no device)")) \
                <b>\(HTMLText.isolated(name))</b> <span class="when">\
                \(HumanFormat.count(count, "difference"))</span></summary>
                <table>
                <thead><tr><th scope="col">time (\(HTMLText.escaped(TableTime.name(zone))))</th>\
                <th scope="col">verdict</th><th scope="col">what</th><th scope="col">difference</th>\
                <th scope="col">seq</th></tr></thead>
                <tbody>

                """)
            for line in lines { try write(line, to: output) }
            try output.append("</tbody>\n</table>\n")
            if count > lines.count {
                try output.append("<p class=\"calm\">and \(HumanFormat.count(count - lines.count)) more</p>\n")
            }
            try output.append("</details>\n")
        }
    }

    private func write(_ line: DifferenceLine, to output: OutputBuffer) throws {
        let time = line.time.map { time in
            "<time datetime=\"\(time.rfc3339)\">\(HTMLText.escaped(TableTime.full(time, zone)))</time>"
        }
        let gap = line.isInGap ? " <span class=\"when\">(in a gap of the recording)</span>" : ""
        try output.append(
            "<tr><td>\(time ?? "")</td><td><span class=\"event \(line.verdict.rawValue)\">\(line.verdict.rawValue)"
                + "</span></td><td>\(HTMLText.isolated(line.key))</td>"
                + "<td class=\"what\">\(HTMLText.isolated(line.what))\(gap)</td>"
                + "<td class=\"seq\">\(line.places)</td></tr>\n")
    }
}
