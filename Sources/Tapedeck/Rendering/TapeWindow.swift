import DeviceProtocol
import Foundation
import Query
import Tape
import Terminal

/// The part of a tape that an answer is about, in time and by session, and how to say so.
struct TapeWindow {
    /// The first instant asked for; nil where none was.
    var since: Timestamp?
    /// The first instant no longer asked for; nil where none was.
    var until: Timestamp?
    /// The numbers of the sessions asked for, in order; empty for all.
    var sessions: [Int64] = []
    /// How many sessions the tape has.
    var sessionCount = 1
    /// When the tape, or the first of the sessions, begins; nil on an empty tape.
    var first: Timestamp?
    /// When the tape, or the last of the sessions, ends; nil on an empty tape.
    var last: Timestamp?
    /// The zone of the times.
    var zone: TimeZone

    /// The window of a selection on a tape.
    init(_ selection: Selection, _ summary: TapeSummary, _ all: [Session], _ zone: TimeZone) {
        since = selection.since
        until = selection.until
        self.zone = zone
        sessionCount = all.count
        first = summary.firstArrival
        last = summary.lastArrival
        guard !selection.sessions.chosen.isEmpty else { return }
        let chosen = all.filter { selection.sessions.contains($0.id) }
        sessions = chosen.map(\.id)
        first = chosen.map(\.startedAt).min()
        last = chosen.map { TapeInfo.end(of: $0) }.max()
    }

    /// Whether only a part of the tape was asked for.
    var isPart: Bool { since != nil || until != nil || !sessions.isEmpty }

    /// The first instant that can hold something.
    var begin: Timestamp? { [since, first].compactMap(\.self).max() }

    /// The last instant that can hold something.
    var end: Timestamp? {
        [until.map { Timestamp(nanoseconds: $0.nanoseconds &- 1) }, last].compactMap(\.self).min()
    }

    /// The window as it was understood: `2026-11-22 14:00:00.000 – … UTC, arrival time (session 2 of 3)`.
    func text(_ glyphs: Glyphs) -> String {
        let name = TableTime.name(zone)
        if let miss {
            let asked = [since.map { "from \(time($0))" }, until.map { "until \(time($0))" }].compactMap(\.self)
            return "\(asked.joined(separator: " ")) \(name), arrival time: it \(miss)"
        }
        let from = (since ?? first).map(time) ?? "the beginning"
        let to = (until ?? last).map(time) ?? "the end"
        return "\(from) \(glyphs.dash) \(to) \(name), arrival time" + scope
    }

    /// Why nothing can lie in the window: `begins after the tape ends (2026-11-22 15:00:00.000 UTC)`.
    var miss: String? {
        let whole = sessions.isEmpty ? "the tape" : sessionNames
        let isOne = sessions.count < 2
        let name = TableTime.name(zone)
        if let until, let first, until <= first {
            return "ends before \(whole) \(isOne ? "begins" : "begin") (\(time(first)) \(name))"
        }
        if let since, let last, since > last {
            return "begins after \(whole) \(isOne ? "ends" : "end") (\(time(last)) \(name))"
        }
        return nil
    }

    /// The window in a sentence: `in the window`, `in session 2`; nil where it is the whole tape.
    var place: String? {
        guard !sessions.isEmpty else { return since != nil || until != nil ? "in the window" : nil }
        return since != nil || until != nil ? "in the window of \(sessionNames)" : "in \(sessionNames)"
    }

    private var scope: String {
        guard sessions.isEmpty else { return " (\(sessionNames) of \(sessionCount))" }
        return isPart ? "" : " (the whole tape)"
    }

    private var sessionNames: String {
        guard sessions.count > 1, let last = sessions.last else { return "session \(sessions.first ?? 0)" }
        return "sessions \(sessions.dropLast().map(String.init).joined(separator: ", ")) and \(last)"
    }

    private func time(_ time: Timestamp) -> String {
        TableTime.full(time, zone)
    }
}
