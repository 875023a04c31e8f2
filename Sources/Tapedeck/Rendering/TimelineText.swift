import DeviceProtocol
import Foundation
import Query
import Terminal

/// A timeline as a page of text.
struct TimelineText {
    private let answer: TimelineAnswer
    private let screen: Screen
    private let times: TableTime
    private let zone: TimeZone
    private let output: OutputBuffer

    /// - Parameters:
    ///   - answer: what happened.
    ///   - screen: width, colours and characters.
    ///   - zone: the zone of the times.
    ///   - output: where the page goes.
    init(_ answer: TimelineAnswer, _ screen: Screen, zone: TimeZone, output: OutputBuffer) {
        self.answer = answer
        self.screen = screen
        self.zone = zone
        self.output = output
        let first = answer.entries.first?.time ?? answer.window.lowerBound
        times = TableTime(
            from: min(first, answer.window.lowerBound),
            to: Timestamp(nanoseconds: answer.window.upperBound.nanoseconds &- 1), zone: zone)
    }

    /// Writes the page.
    ///
    /// - Parameter limit: sentences of the story that are written at most; 0 for all.
    /// - Returns: how many were written.
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    func write(limit: Int) throws -> Int {
        try heading(times.title("") == "" ? answer.device.text : "\(answer.device.text) on \(times.title(""))")
        let rows = answer.rows
        try section("Missing from the recording", rows.filter { $0.event == .gap })
        try section(
            "What moved, against the \(HumanFormat.duration(nanoseconds: baseline)) before",
            rows.filter { $0.event == .moved })
        let story = limit > 0 ? Array(answer.entries.prefix(limit)) : answer.entries
        try section("What happened", story)
        try output.flush()
        return story.count
    }

    private var baseline: Int64 {
        answer.baseline.upperBound.nanoseconds &- answer.baseline.lowerBound.nanoseconds
    }

    private func heading(_ text: String) throws {
        let line = DisplayText(screen.glyphs.spelling(text), glyphs: screen.glyphs)
        try output.append(screen.style.paint(line.text, .heading) + "\n")
    }

    private func section(_ title: String, _ entries: [TimelineEntry]) throws {
        guard !entries.isEmpty else { return }
        try output.append("\n")
        try heading(title)
        let clocks = entries.map { DisplayText(clock($0), glyphs: screen.glyphs) }
        let first = clocks.map(\.width).max() ?? 0
        let second = entries.map { $0.event.rawValue.utf8.count }.max() ?? 0
        for (entry, clock) in zip(entries, clocks) {
            let indent = first + second + 6
            var lines = wrap(entry.what, to: screen.width.map { max(24, $0 - indent) })
            let word = entry.event.rawValue
            var line = "  " + clock.text + String(repeating: " ", count: first - clock.width + 2)
            line +=
                screen.style.paint(word, entry.weight.role) + String(repeating: " ", count: second - word.utf8.count)
            line += "  " + screen.style.paint(lines.removeFirst(), entry.weight == .usual ? .dim : nil) + "\n"
            for rest in lines {
                line += String(repeating: " ", count: indent) + rest + "\n"
            }
            try output.append(line)
        }
    }

    private func clock(_ entry: TimelineEntry) -> String {
        // A median belongs to no instant.
        if entry.event == .moved, entry.time == answer.window.lowerBound { return "" }
        guard entry.event == .gap else { return times.text(entry.time) }
        return times.text(entry.time) + " \(screen.glyphs.dash) " + (entry.until.map { times.text($0) } ?? "")
    }

    /// Breaks a sentence into lines at its blanks; no word is ever cut.
    private func wrap(_ text: String, to width: Int?) -> [String] {
        let harmless = DisplayText(screen.glyphs.spelling(text), glyphs: screen.glyphs)
        guard let width, harmless.width > width else { return [harmless.text] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in harmless.text.split(separator: " ", omittingEmptySubsequences: false) {
            let length = DisplayText(String(word), glyphs: screen.glyphs).width
            if used > 0, used + 1 + length > width {
                lines.append(line)
                line = ""
                used = 0
            }
            if used > 0 {
                line += " "
                used += 1
            }
            line += word
            used += length
        }
        return lines + [line]
    }
}
