import DeviceProtocol
import Diff
import Foundation
import Terminal

/// The comparison for a terminal: the sums by device and kind, then what differs.
struct DiffText {
    let summary: DiffSummary
    let screen: Screen
    let zone: TimeZone
    let output: OutputBuffer

    private typealias Column = TextTable.Column
    private typealias Cell = TextTable.Cell

    /// Writes the sums.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    func writeSummary() throws {
        let numbers = ["same"] + Verdict.allCases.map(\.rawValue)
        var table = TextTable(
            columns: [Column("device", maximumWidth: 40, priority: 1), Column("kind", priority: 0)]
                + numbers.map { Column($0, .trailing, priority: 0) },
            width: screen.width, style: screen.style, glyphs: screen.glyphs, output: output)
        var last: DeviceID??
        for (group, counts) in summary.byKind {
            let isNew = last != .some(group.device)
            last = .some(group.device)
            let name = group.device?.text ?? "(no device)"
            let shown = screen.isNarrow ? OutputValue.shortened(name, screen.glyphs) : name
            var row = [Cell(isNew ? shown : ""), Cell(group.kind.rawValue)]
            row.append(Cell(HumanFormat.count(counts.same), counts.different == 0 ? .good : nil))
            for verdict in Verdict.allCases {
                let count = counts[verdict]
                row.append(count == 0 ? Cell(screen.glyphs.dash, .dim) : Cell(HumanFormat.count(count), verdict.role))
            }
            try table.append(row)
        }
        try table.finish()
    }

    /// Writes differences, in order of device, kind and time.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    func write(_ lines: [DifferenceLine]) throws {
        guard !lines.isEmpty else { return }
        try output.append("\n")
        let times = lines.compactMap(\.time)
        let clock = TableTime(from: times.min(), to: times.max(), zone: zone)
        var table = TextTable(
            columns: [
                Column(clock.title("time"), priority: 3), Column("device", maximumWidth: 40, priority: 2),
                Column("what", maximumWidth: 44, priority: 0), Column("verdict", priority: 0),
                Column("seq", priority: 4), Column("difference", minimumWidth: 20, maximumWidth: 160, priority: 1),
            ], width: screen.width, style: screen.style, glyphs: screen.glyphs, output: output)
        for line in lines {
            let name = line.device?.text ?? ""
            try table.append([
                Cell(line.time.map(clock.text) ?? ""),
                Cell(screen.isNarrow ? OutputValue.shortened(name, screen.glyphs) : name),
                Cell(line.subject), Cell(line.verdict.rawValue, line.verdict.role), Cell(line.places),
                Cell(line.what + (line.isInGap ? " (in a gap of the recording)" : "")),
            ])
        }
        try table.finish()
    }
}

extension Verdict {
    /// The colour of a verdict.
    var role: Style.Role {
        switch self {
        case .missing, .extra, .changed: .bad
        case .reordered, .late: .warning
        }
    }
}
