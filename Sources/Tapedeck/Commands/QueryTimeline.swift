import ArgumentParser
import DeviceProtocol
import Query
import Tape
import Terminal

/// What happened to one device around an instant.
struct QueryTimeline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline",
        abstract: "One device's story around an instant, on one page.",
        discussion: """
            What the loss ledger says comes first, then the metrics that moved, then what happened, in order of \
            arrival: changes of status, of metrics that are text or truth values, of configuration, firmware, licences \
            and room; commands and what became of them; silences, held back messages and jumps of the clock; and what \
            was odd about the messages. Without a window: the last ten minutes in which the device was heard.

            A metric moved when its value is three spreads or more from its median in the hours before (--before): \
            the value furthest outside of all values before, or where there is none, the median of the window. A \
            spread is 1.4826 times the median absolute deviation, a quarter of the range where that is 0, and never \
            less than a thousandth of the median. Counters are judged by their rise a second.

            A silence is longer than five times the usual time between two telemetry messages, and than ten seconds; \
            what the loss ledger covers is none.

            JSON keys: time until event subject what from to direction count seq. event: gap and moved first, then \
            status metric state command config firmware license space device setting snapshot incident silence clock \
            late recorder finding, in order of time. time is that of arrival (of a median the beginning of the window), what a sentence, from and to the values \
            before and after.

            --html writes the same with drawings as one page that needs nothing else, readable by its owner only.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(help: ArgumentHelp("How long before the window numbers are compared with.", valueName: "time"))
    var before = "6h"

    @Option(help: ArgumentHelp("Write a page with drawings to this file.", valueName: "file"))
    var html: String?

    @Flag(help: "Replace the file if it is there already.")
    var force = false

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        guard selection.kind.isEmpty, selection.topic.isEmpty, selection.exclude.isEmpty else {
            throw ValidationError(
                "query timeline needs all of a device's messages; leave --kind, -t and --exclude out.")
        }
        guard selection.device.count <= 1 else {
            throw ValidationError("query timeline tells of one device; give -d once.")
        }
        guard !force || html != nil else { throw ValidationError("--force belongs to --html.") }
        guard html != "-" else { throw ValidationError("--html takes the name of a file.") }
        _ = try length()
    }

    func run() throws {
        try reportingFailures {
            var question = try TapeQuestion(tape, selection, output)
            let reader = try question.tape()
            guard question.summary.messages > 0, question.window.miss == nil else {
                try question.explainNothing("story")
                return try question.finish(rows: 0, "line")
            }
            let device = try device(question, reader)
            let window = try window(question, reader, device)
            // What is said about the window, and about losses, is about the one that was settled on.
            var chosen = question.selection
            chosen.since = window.lowerBound
            chosen.until = window.upperBound
            chosen.devices = [device]
            question = try TapeQuestion(
                reader, chosen, zone: question.zone, limit: output.limit, quiet: output.quiet)
            let file = try html.map { try ExportFile($0, tape: tape, replaces: force) }
            var query = TimelineQuery(device, window)
            query.sessions = question.selection.sessions
            query.before = try length()
            let answer = try query.answer(reader)
            if !isPart, !output.quiet {
                Notes.note("the last minutes in which the device was heard; --around T asks for others")
            }
            if answer.messages == 0 { try explainEmptiness(question, answer) }
            // In text and on the page the ledger has its own place.
            if Screen(output.format).format != .table, file == nil { try question.warnOfLosses() }
            if let file {
                let page = TimelinePage(answer, question, around: try instant(question))
                try file.output.append(page.html)
                try file.complete()
            }
            // A page was asked for: the text would only be in the way.
            let rows = file == nil ? try write(answer, question) : answer.entries.count
            let facts =
                [HumanFormat.count(answer.messages, "message")]
                + (answer.unreadable > 0 ? ["\(HumanFormat.count(answer.unreadable, "message")) unreadable"] : [])
                + (file == nil ? [] : ["written to \(html ?? "")"])
            try question.finish(rows: rows, "line", facts: facts, damages: answer.damages)
        }
    }

    private func write(_ answer: TimelineAnswer, _ question: TapeQuestion) throws -> Int {
        let screen = Screen(output.format)
        let buffer = OutputBuffer(descriptor: 1)
        guard screen.format != .table else {
            guard !answer.isEmpty || !answer.gaps.isEmpty else { return 0 }
            return try TimelineText(answer, screen, zone: question.zone, output: buffer).write(limit: output.limit)
        }
        var printer = try RowPrinter(TimelineEntry.columns, screen, times: question.times(), output: buffer)
        for row in answer.rows where !output.isEnough(printer.count) { try printer.write(row.values) }
        try printer.flush()
        return printer.count
    }

    // MARK: What is asked for

    private func length() throws -> Int64 {
        do { return try DurationExpression.parse(before) } catch { throw ValidationError("--before: \(error)") }
    }

    /// Whether a window was asked for.
    private var isPart: Bool {
        selection.since != nil || selection.until != nil || selection.around != nil || !selection.session.isEmpty
    }

    /// The instant of --around.
    private func instant(_ question: TapeQuestion) throws -> Timestamp? {
        guard selection.around != nil, let since = question.selection.since, let until = question.selection.until else {
            return nil
        }
        return Timestamp(nanoseconds: since.nanoseconds &+ (until.nanoseconds &- since.nanoseconds) / 2)
    }

    private static let usualWindow: Int64 = 600_000_000_000

    /// The window asked for, open ends closed by the ends of the tape.
    private func window(
        _ question: TapeQuestion, _ tape: TapeReader, _ device: DeviceID
    ) throws -> Range<Timestamp> {
        let selection = question.selection
        let first = question.window.first ?? Timestamp(nanoseconds: 0)
        let last = question.window.last ?? first
        let end = Timestamp(nanoseconds: last.nanoseconds &+ 1)
        guard isPart else {
            let seen = try tape.activity().filter { $0.device == device }.map(\.lastSeen).max() ?? last
            let until = seen.nanoseconds &+ 1
            return Timestamp(nanoseconds: until &- Self.usualWindow)..<Timestamp(nanoseconds: until)
        }
        let from = selection.since ?? min(first, selection.until ?? first)
        return from..<max(from, selection.until ?? max(from, end))
    }

    /// The device asked for, or the only one of the tape.
    private func device(_ question: TapeQuestion, _ tape: TapeReader) throws -> DeviceID {
        if let device = question.selection.devices.first { return device }
        if let only = try TimelineCandidates.only(tape) { return only }
        let from = question.window.begin ?? Timestamp(nanoseconds: 0)
        let until = question.window.end.map { Timestamp(nanoseconds: $0.nanoseconds &+ 1) } ?? from
        // Of a whole tape the last minutes are enough to name a few.
        let begin = max(from, Timestamp(nanoseconds: until.nanoseconds &- 6 * Self.usualWindow))
        let candidates = begin < until ? try TimelineCandidates.list(tape, begin..<until) : []
        var text = "say which device with -d."
        if !candidates.isEmpty {
            let names = candidates.prefix(5).map { candidate in
                let flips = candidate.flips > 0 ? ", \(HumanFormat.count(candidate.flips, "change")) of status" : ""
                return "\n  \(candidate.device.text)  \(HumanFormat.count(candidate.messages, "message")), "
                    + "\(HumanFormat.count(candidate.events)) other than telemetry\(flips)"
            }
            text += " Most went on with:" + names.joined()
            if candidates.count > 5 { text += "\n  and \(HumanFormat.count(candidates.count - 5, "other"))" }
        }
        throw ValidationError(text)
    }

    /// Says of a window without messages of the device what is nearest.
    private func explainEmptiness(_ question: TapeQuestion, _ answer: TimelineAnswer) throws {
        guard answer.nearestBefore != nil || answer.nearestAfter != nil else {
            return try question.explainNothing("story")
        }
        func near(_ time: Timestamp?, _ words: String, from edge: Timestamp) -> String? {
            time.map { time in
                let distance = HumanFormat.duration(
                    nanoseconds: Int64(clamping: (time.nanoseconds &- edge.nanoseconds).magnitude))
                return "\(words) \(TableTime.full(time, question.zone)) (\(question.glyphs.spelling(distance)))"
            }
        }
        let places = [
            near(answer.nearestBefore, "the last before it is of", from: answer.window.lowerBound),
            near(answer.nearestAfter, "the next after it of", from: answer.window.upperBound),
        ]
        Notes.note(
            "no message of the device in the window: \(places.compactMap(\.self).joined(separator: ", ")) "
                + TableTime.name(question.zone))
    }
}
