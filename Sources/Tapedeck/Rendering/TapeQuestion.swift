import ArgumentParser
import DeviceProtocol
import Foundation
import Query
import Tape
import Terminal

/// What all queries have in common: the tape, what is selected on it, and what is said about both on standard error.
final class TapeQuestion {
    let path: String
    let selection: Selection
    let summary: TapeSummary
    /// What of the tape the answer is about, as it was at the beginning.
    let window: TapeWindow
    let zone: TimeZone
    /// The sessions of retained messages.
    let snapshots: Set<Int64>
    /// The characters that notes may add.
    let glyphs: Glyphs
    private let limit: Int
    private let quiet: Bool
    private let clock = SystemTimeSource()
    private let began: Int64
    private var reader: TapeReader?

    /// Opens the tape and settles what the options select on it.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read, `ValidationError` for options that make no sense on it.
    convenience init(
        _ path: String, _ flags: SelectionFlags, _ output: OutputFlags, withSnapshots: Bool = false
    ) throws {
        OutputBuffer.ignoreBrokenPipes()
        let tape = try TapeReader(path: path)
        let selection = try flags.selection(on: tape, summary: try tape.summary(), withSnapshots: withSnapshots)
        try self.init(tape, selection, zone: try flags.zone(), limit: output.limit, quiet: output.quiet)
    }

    /// Asks for a selection of an open tape.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - selection: what is selected on it.
    ///   - zone: the zone of the times in notes and tables.
    ///   - limit: the most rows that are wanted; 0 for all.
    ///   - quiet: whether the summary is left out.
    ///   - terminal: what standard error is connected to.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    init(
        _ tape: TapeReader, _ selection: Selection, zone: TimeZone, limit: Int = 0, quiet: Bool = false,
        terminal: TerminalCapabilities = TerminalCapabilities()
    ) throws {
        began = clock.monotonic
        path = tape.path
        self.selection = selection
        self.zone = zone
        self.limit = limit
        self.quiet = quiet
        glyphs = terminal.isUTF8 || !terminal.errorIsTerminal ? .unicode : .ascii
        reader = tape
        summary = try tape.summary()
        let sessions = try tape.sessions()
        snapshots = Set(sessions.filter(\.isSnapshot).map(\.id))
        window = TapeWindow(selection, summary, sessions, zone)
    }

    /// The open tape.
    func tape() throws -> TapeReader {
        if let reader { return reader }
        let tape = try TapeReader(path: path)
        reader = tape
        return tape
    }

    /// Closes the tape; the next ``tape()`` opens it anew and so learns whether it is still being recorded.
    func close() {
        reader = nil
    }

    /// Until when what has not ended counts as open: now, or the end of a tape that nobody records any more.
    func end() throws -> Timestamp {
        let now = Timestamp(nanoseconds: clock.wall)
        return try tape().isBeingRecorded ? now : summary.lastArrival ?? now
    }

    /// How tables of this answer show instants.
    func times(isGrowing: Bool = false) -> TableTime {
        TableTime(from: window.begin, to: isGrowing ? nil : window.end, zone: zone)
    }
}

extension TapeQuestion {
    /// Says, before the answer, where messages may be missing from its window.
    func warnOfLosses() throws {
        let gaps = try tape().gaps(since: selection.since, until: selection.until).filter { gap in
            selection.sessions.isEmpty || selection.sessions.contains(gap.session)
        }
        for gap in gaps.prefix(5) { Notes.warning(Self.describe(gap, zone, glyphs)) }
        if gaps.count > 5 {
            Notes.warning("and \(HumanFormat.count(gaps.count - 5)) more: tapedeck info \(path)")
        }
    }

    /// A row of the loss ledger in one line.
    static func describe(_ gap: Gap, _ zone: TimeZone, _ glyphs: Glyphs = .unicode) -> String {
        let from = TableTime.full(gap.beganAt, zone)
        var text = "messages may be missing from \(from) "
        if let end = gap.endedAt {
            let length = glyphs.spelling(HumanFormat.duration(nanoseconds: end.nanoseconds &- gap.beganAt.nanoseconds))
            text += "to \(TableTime.full(end, zone)) \(TableTime.name(zone)) (\(length))"
        } else {
            text += "\(TableTime.name(zone)) on"
        }
        text += ": \(gap.summary)"
        if let detail = gap.detail, !detail.isEmpty { text += ", \(DisplayText(detail, glyphs: glyphs).text)" }
        if let missing = gap.missing { text += " (\(HumanFormat.count(missing, "message")))" }
        return text
    }

    /// Ends an answer: says what it consists of, what was left out of it, and what could not be read.
    ///
    /// - Parameters:
    ///   - rows: how many rows were written.
    ///   - noun: what a row is, in the singular.
    ///   - facts: further parts of the summary.
    ///   - hidden: columns that the table has no room for.
    ///   - duplicates: redeliveries that were left out.
    ///   - damages: parts that could not be read.
    /// - Throws: ``Outcome/incomplete`` when parts could not be read.
    func finish(
        rows: Int, _ noun: String, facts: [String] = [], hidden: [String] = [], duplicates: Int = 0,
        damages: [TapeError] = []
    ) throws {
        if !quiet {
            if !hidden.isEmpty {
                Notes.note("no room for: \(hidden.joined(separator: ", ")) (--format jsonl has everything)")
            }
            Notes.note("window: \(((try? newestWindow()) ?? window).text(glyphs))")
            var parts = [HumanFormat.count(rows, noun)] + facts
            if limit > 0, rows >= limit { parts[0] += " (--limit)" }
            if duplicates > 0 { parts.append("\(HumanFormat.count(duplicates, "redelivered duplicate")) left out") }
            if let opened = reader?.segmentsOpened, opened > 0 {
                parts.append("\(HumanFormat.count(opened, "segment")) read")
            }
            parts.append(glyphs.spelling(HumanFormat.duration(nanoseconds: clock.monotonic &- began)))
            Notes.note(parts.joined(separator: ", "))
        }
        for damage in damages.prefix(5) { Notes.warning(damage.description) }
        if damages.count > 5 { Notes.warning("and \(HumanFormat.count(damages.count - 5, "more damaged part"))") }
        if !damages.isEmpty { throw Outcome.incomplete }
    }

    /// The end of a tape that was followed is the one that it has by now.
    private func newestWindow() throws -> TapeWindow {
        let tape = try tape()
        return TapeWindow(selection, try tape.summary(), try tape.sessions(), zone)
    }
}
