import DeviceProtocol
import Foundation
import Query
import Recorder
import Tape
import Terminal

/// What a tape holds, as a page for people.
struct InfoReport {
    let info: TapeInfo
    let screen: Screen
    let zone: TimeZone
    let output: OutputBuffer

    /// Writes the page.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    func write() throws {
        try writeHead()
        try writeSessions()
        try writeKinds()
        try writeDevices()
        try writeGaps()
        try writeClockSteps()
        try writeMarks()
    }

    private func writeHead() throws {
        let summary = info.summary
        let state = info.isBeingRecorded ? ", being recorded" : ""
        try line("tape", "\(info.path) (format \(summary.formatVersion)\(state))")
        var size = HumanFormat.bytes(summary.fileSize)
        if let ratio = info.ratio {
            size +=
                " for \(HumanFormat.bytes(summary.bytes)) of messages (\(glyphs.spelling(HumanFormat.ratio(ratio))))"
        }
        try line("size", size)
        try line("messages", "\(HumanFormat.count(summary.messages)) of \(devices) (by topic)")
        if let redacted { try line("redacted", redacted) }
        guard let first = summary.firstArrival, let last = summary.lastArrival else { return }
        let length = duration(last.nanoseconds &- first.nanoseconds)
        try line("window", "\(time(first)) \(glyphs.dash) \(time(last)) \(TableTime.name(zone)) (\(length))")
        let rate = glyphs.spelling(HumanFormat.rate(summary.messages, nanoseconds: info.recordedTime))
        try line("rate", "\(rate) on average over \(duration(info.recordedTime)) of recording")
    }

    /// How many secrets were replaced and, where all sessions say so, in which kinds of places; nil where none was.
    private var redacted: String? {
        let total = info.sessions.reduce(0) { $0 &+ $1.redactions }
        guard total > 0 else { return nil }
        var counts = RedactionCounts()
        for session in info.sessions { counts.add(RedactionCounts(options: session.options)) }
        let places = counts.total == total ? ": \(counts.summary)" : ""
        return HumanFormat.count(total, "secret") + places
    }

    private var devices: String {
        "\(HumanFormat.count(info.summary.devices)) device\(info.summary.devices == 1 ? "" : "s")"
    }

    private func writeSessions() throws {
        try heading("Sessions")
        var table = table([
            .init("no", .trailing, priority: 9), .init("began", minimumWidth: 19, priority: 8),
            .init("length", .trailing, priority: 7), .init("ended", minimumWidth: 8, maximumWidth: 20, priority: 6),
            .init("messages", .trailing, priority: 9), .init("dup", .trailing, priority: 1),
            .init("redacted", .trailing, priority: 0), .init("broker", minimumWidth: 16, priority: 5),
            .init("client id", minimumWidth: 12, priority: 2), .init("filters", minimumWidth: 14, priority: 3),
        ])
        for session in info.sessions {
            let end = TapeInfo.end(of: session)
            try table.append([
                .init(String(session.id)), .init(String(time(session.startedAt).dropLast(4))),
                .init(duration(end.nanoseconds &- session.startedAt.nanoseconds)),
                ending(session), .init(HumanFormat.count(session.messages)),
                .init(HumanFormat.count(session.duplicates)),
                .init(HumanFormat.count(session.redactions)), .init(session.broker ?? ""),
                .init(session.clientID ?? ""), .init(GrantedFilters.describe(session.filters)),
            ])
        }
        try table.finish()
        for session in info.sessions {
            for remark in SessionRemarks.of(session) {
                try output.append(
                    "session \(session.id): " + DisplayText(remark, glyphs: screen.glyphs).text + "\n")
            }
        }
    }

    private func ending(_ session: Session) -> TextTable.Cell {
        if session.isSnapshot { return "retained" }
        if let reason = session.endReason { return .init(reason, reason == "signal" || reason == "limit" ? nil : .bad) }
        if session.endedAt != nil { return "yes" }
        if info.isBeingRecorded { return .init("recording", .good) }
        return .init("killed", .bad)
    }

    private func writeKinds() throws {
        guard !info.kinds.isEmpty else { return }
        try heading("Kinds")
        var table = table([
            .init("kind"), .init("messages", .trailing), .init("share", .trailing), .init("size", .trailing),
        ])
        let all = Double(max(1, info.summary.messages))
        for kind in info.kinds {
            try table.append([
                .init(kind.kind.rawValue), .init(HumanFormat.count(kind.messages)),
                .init(HumanFormat.percent(Double(kind.messages) / all)), .init(HumanFormat.bytes(kind.bytes)),
            ])
        }
        try table.finish()
    }

    private func writeDevices() throws {
        guard !info.busiestDevices.isEmpty else { return }
        let shown = Int64(info.busiestDevices.count)
        try heading(
            info.summary.devices > shown ? "Devices by topic (the busiest \(shown) of \(devices))" : "Devices by topic")
        var table = table([
            .init("device", minimumWidth: 36, priority: 1), .init("messages", .trailing), .init("last seen"),
        ])
        for device in info.busiestDevices {
            try table.append([
                .init(device.device.text), .init(HumanFormat.count(device.messages)), .init(time(device.lastSeen)),
            ])
        }
        try table.finish()
    }

    private func writeGaps() throws {
        try heading("Loss ledger")
        guard !info.gaps.isEmpty else { return try output.append("no gaps known\n") }
        var table = table([
            .init("from", minimumWidth: 19, priority: 5), .init("length", .trailing, priority: 4),
            .init("session", .trailing, priority: 1), .init("missing", .trailing, priority: 0),
            .init("why", minimumWidth: 36, priority: 3),
        ])
        for gap in info.gaps {
            let length = gap.endedAt.map { duration($0.nanoseconds &- gap.beganAt.nanoseconds) }
            try table.append([
                .init(time(gap.beganAt)), .init(length ?? "still", .warning), .init(String(gap.session)),
                .init(gap.missing.map { HumanFormat.count($0) } ?? "?"),
                .init([gap.summary, gap.detail].compactMap(\.self).joined(separator: ", ")),
            ])
        }
        try table.finish()
    }

    private func writeClockSteps() throws {
        guard !info.clockSteps.isEmpty else { return }
        try heading("Clock steps")
        var table = table([.init("at"), .init("session", .trailing), .init("by", .trailing), .init("cause")])
        for step in info.clockSteps {
            let sign = step.change > 0 ? "+" : ""
            try table.append([
                .init(time(step.at)), .init(String(step.session)),
                .init(sign + duration(step.change)), .init(step.cause),
            ])
        }
        try table.finish()
    }

    private func writeMarks() throws {
        guard !info.marks.isEmpty else { return }
        try heading("Marks")
        var table = table([.init("at", minimumWidth: 19, priority: 1), .init("text")])
        for mark in info.marks { try table.append([.init(time(mark.at)), .init(mark.text)]) }
        try table.finish()
    }

    private func line(_ name: String, _ text: String) throws {
        let padding = String(repeating: " ", count: max(1, 10 - name.utf8.count))
        try output.append(
            screen.style.paint(name, .heading) + padding + DisplayText(text, glyphs: screen.glyphs).text + "\n")
    }

    private func heading(_ title: String) throws {
        try output.append("\n" + screen.style.paint(title, .accent) + "\n")
    }

    private func table(_ columns: [TextTable.Column]) -> TextTable {
        TextTable(columns: columns, width: screen.width, style: screen.style, glyphs: screen.glyphs, output: output)
    }

    private var glyphs: Glyphs { screen.glyphs }

    private func duration(_ nanoseconds: Int64) -> String {
        glyphs.spelling(HumanFormat.duration(nanoseconds: nanoseconds))
    }

    private func time(_ time: Timestamp) -> String {
        TableTime.full(time, zone)
    }
}
