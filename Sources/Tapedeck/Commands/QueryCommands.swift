import ArgumentParser
import DeviceProtocol
import Query
import Tape
import Terminal

/// The lives of commands, one row a command.
struct QueryCommands: ParsableCommand {
    /// What `--state` takes.
    enum StateChoice: String, CaseIterable, ExpressibleByArgument {
        case open
        case pending
        case inProgress = "in_progress"
        case done
        case failed

        /// The states that are meant.
        var states: [CommandRow.State] {
            switch self {
            case .open: [.pending, .inProgress]
            case .pending: [.pending]
            case .inProgress: [.inProgress]
            case .done: [.done]
            case .failed: [.failed]
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "commands",
        abstract: "One row per command: how far it came, how long it took, what was odd.",
        discussion: """
            A command is shown when any of its messages lies in the window. Its life is told from the whole tape up to \
            the end of the window, so that one which began earlier is not taken for a new one.

            JSON keys: device id name state raw_status first_seen in_progress_at ended_at duration_ms deliveries \
            updates match anomalies message, and open_for_ms when it has not ended. state: pending, in_progress, done \
            or failed. match: id, correlation or inferred (an update without id, while the device had one command \
            only). anomalies: an array of words, in CSV and TSV a list separated by spaces. All times are times of \
            arrival.

            -d finds the commands of a device and those that it received for others.

            --slower-than 5m shows commands that took longer from the first delivery to the end, and those that have \
            been open for longer. --anomalous shows those about which something is odd. Both, --state and --name also \
            choose what --summary counts and --plot draws.

            --id tells one command's whole story, a row for each message. JSON keys: seq time elapsed_ms direction \
            event device id name state raw_status message parameters match evidence anomalies retain topic session. \
            event: delivery, redelivery, update, or duplicate for a packet that the broker delivered again, which \
            changes nothing. state is how far the command is after the message, anomalies what is odd since it, match \
            and evidence what led from the message to the command.

            --follow goes on with what is being recorded, a row for each message as with --id, of all commands or those \
            that --id, --name, --state and --anomalous choose; those two look at the message's own state and anomalies.

            --plot draws a bar for each command: how long it waited, how long it was worked on, how it ended. Times \
            in which nothing was recorded are shaded.

            --summary gives a row per name instead, the most frequent first. JSON keys: name count done failed open \
            success_rate p50_ms p95_ms max_ms redeliveries. success_rate is the share of those that ended; p50_ms, \
            p95_ms and max_ms are times from the first delivery to the end; redeliveries counts deliveries beyond the \
            first of each command.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(help: "open (pending or in_progress), pending, in_progress, done or failed; may be repeated.")
    var state: [StateChoice] = []

    @Option(help: "Commands of this name; * stands for any text, ? for one character; may be repeated.")
    var name: [String] = []

    @Option(help: "All messages in the life of the command with this id; may be repeated.")
    var id: [String] = []

    @Option(help: ArgumentHelp("Commands that took longer, or have been open for longer: 5m.", valueName: "time"))
    var slowerThan: String?

    @Flag(help: "Commands about which something is odd.")
    var anomalous = false

    @Flag(help: "One row per name of command: how many, how they ended, how long they took.")
    var summary = false

    @Flag(help: "Draw a bar for each command, the first 40 (-n for more).")
    var plot = false

    @Flag(help: "Each message about a command as it comes, until the recording ends.")
    var follow = false

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        guard selection.kind.isEmpty else {
            throw ValidationError("query commands reads commands and their updates; leave --kind out.")
        }
        guard !plot || !summary else { throw ValidationError("--plot and --summary: one of the two, please.") }
        guard !plot || output.format == nil else { throw ValidationError("--plot draws; leave --format out.") }
        if follow, summary || plot || slowerThan != nil {
            throw ValidationError(
                "--follow shows messages as they come; leave --summary, --plot and --slower-than out.")
        }
        if tellsStory, !follow, !state.isEmpty || !name.isEmpty || slowerThan != nil || anomalous {
            throw ValidationError("--id names the command already; leave --state, --name and the like out.")
        }
        _ = try shortest()
    }

    /// Whether messages are shown and not commands.
    private var tellsStory: Bool { !id.isEmpty && !summary && !plot }

    private func shortest() throws -> Int64? {
        do {
            return try slowerThan.map { try DurationExpression.parse($0) }
        } catch { throw ValidationError("--slower-than: \(error)") }
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            var query = CommandsQuery(question.selection)
            query.states = Set(state.flatMap(\.states))
            query.names = name.map { Glob($0) }
            query.ids = id
            query.slowerThan = try shortest()
            query.isAnomalousOnly = anomalous
            if follow {
                try follow(question, query)
            } else if tellsStory {
                try tell(question)
            } else if summary {
                try sum(question, query)
            } else if plot {
                try draw(question, query)
            } else {
                try list(question, query)
            }
        }
    }

    private func list(_ question: TapeQuestion, _ query: CommandsQuery) throws {
        var stream = try query.stream(try question.tape(), openUntil: try question.end())
        let first = try stream.next()
        // The life of a command may have begun before the window.
        let times = TableTime(from: first?.firstSeen, to: question.window.end, zone: question.zone)
        var printer = try RowPrinter(
            CommandRow.columns(times, hidesDevice: question.selection.devices.count == 1), Screen(output.format),
            times: times, output: OutputBuffer(descriptor: 1))
        var next = first
        while let row = next {
            try printer.write(row.values)
            next = output.isEnough(printer.count) ? nil : try stream.next()
        }
        try printer.flush()
        if first == nil { try question.explainNothing("commands", kinds: [.command, .commandUpdate]) }
        try question.finish(
            rows: printer.count, "command", facts: Self.facts(stream.beganBefore, stream.unreadable),
            hidden: printer.hiddenTitles, duplicates: stream.duplicates, damages: stream.damages)
    }

    private func draw(_ question: TapeQuestion, _ query: CommandsQuery) throws {
        let tape = try question.tape()
        let end = try question.end()
        let room = output.limit > 0 ? output.limit : 40
        var stream = try query.stream(tape, openUntil: end)
        var rows: [CommandRow] = []
        var omitted = 0
        while let row = try stream.next() { if rows.count < room { rows.append(row) } else { omitted += 1 } }
        if rows.isEmpty {
            try question.explainNothing("commands", kinds: [.command, .commandUpdate])
        } else {
            let chart = CommandChart(
                rows: rows, omitted: omitted, end: min(end, question.selection.until ?? end),
                hidesDevice: question.selection.devices.count == 1)
            let gaps = try tape.gaps(since: question.selection.since, until: question.selection.until)
            try TerminalChart.write(
                chart.chart(question.selection, gaps: gaps, zone: question.zone, maximumRows: room),
                to: OutputBuffer(descriptor: 1))
        }
        try question.finish(
            rows: rows.count, "command",
            facts: (omitted > 0 ? ["\(HumanFormat.count(omitted)) more not drawn"] : [])
                + Self.facts(stream.beganBefore, stream.unreadable), duplicates: stream.duplicates,
            damages: stream.damages)
    }

    private func tell(_ question: TapeQuestion) throws {
        let query = CommandStoryQuery(question.selection, ids: id)
        let answer = try query.answer(try question.tape(), openUntil: try question.end())
        let times = TableTime(from: answer.events.first?.arrival, to: answer.events.last?.arrival, zone: question.zone)
        let printer = try output.write(
            answer.events, CommandEvent.columns(times, hidesCommand: answer.commands.count == 1), times: times, \.values
        )
        if answer.events.isEmpty { try explainUnknown(question, answer.otherIDs) }
        try question.finish(
            rows: printer.count, "message", facts: answer.commands.map { Self.outcome($0, question.glyphs) },
            hidden: printer.hiddenTitles, damages: answer.damages)
    }

    private func follow(_ question: TapeQuestion, _ query: CommandsQuery) throws {
        var follower = TapeFollower()
        var stream = try CommandEventStream(try question.tape(), query)
        let times = question.times(isGrowing: true)
        var printer = try RowPrinter(
            CommandEvent.columns(times, hidesCommand: false), Screen(output.format), times: times,
            output: OutputBuffer(descriptor: 1))
        var end: TapeFollower.End?
        repeat {
            while !output.isEnough(printer.count), let event = try stream.next() { try printer.write(event.values) }
            try printer.flush()
            if output.isEnough(printer.count) { break }
            end = try follower.advance(&stream.scan, question)
        } while end == nil
        if printer.count == 0, end != .stopped {
            try question.explainNothing("commands", kinds: [.command, .commandUpdate])
        }
        try question.finish(
            rows: printer.count, "message", facts: Self.unreadable(stream.unreadable), hidden: printer.hiddenTitles,
            duplicates: stream.scan.duplicates, damages: stream.scan.damages)
        if end == .stopped { throw Outcome.interrupted }
    }

    private func explainUnknown(_ question: TapeQuestion, _ others: Set<String>) throws {
        guard !others.isEmpty else {
            return try question.explainNothing("commands", kinds: [.command, .commandUpdate])
        }
        for id in id.prefix(5) {
            let similar = SimilarNames.nearest(to: id, in: others)
            let place = question.window.place ?? "on this tape"
            Notes.note(
                "no command `\(id)` \(place)"
                    + (similar.isEmpty ? "" : "; did you mean \(similar.map { "`\($0)`" }.joined(separator: ", "))?"))
        }
    }

    /// How a command came out: `reboot done after 3.2 s`.
    private static func outcome(_ row: CommandRow, _ glyphs: Glyphs) -> String {
        var text = "\(DisplayText(row.name ?? "command", glyphs: glyphs).cut(to: 40).text) \(row.state.rawValue)"
        if let duration = row.duration { text += " after \(HumanFormat.duration(nanoseconds: duration))" }
        if let openFor = row.openFor { text += ", open for \(HumanFormat.duration(nanoseconds: openFor))" }
        if row.deliveries != 1 { text += ", \(HumanFormat.count(row.deliveries, "delivery", "deliveries"))" }
        if !row.anomalies.isEmpty { text += " (\(row.anomalies.map(\.word).joined(separator: ", ")))" }
        return glyphs.spelling(text)
    }

    private func sum(_ question: TapeQuestion, _ query: CommandsQuery) throws {
        let answer = try query.summary(try question.tape(), openUntil: try question.end())
        let printer = try output.write(
            answer.rows, CommandSummaryRow.columns, times: question.times(), \.values)
        if answer.rows.isEmpty { try question.explainNothing("commands", kinds: [.command, .commandUpdate]) }
        let commands = HumanFormat.count(answer.rows.reduce(0) { $0 + $1.count }, "command")
        try question.finish(
            rows: printer.count, "name", facts: [commands] + Self.unreadable(answer.unreadable),
            hidden: printer.hiddenTitles, duplicates: answer.duplicates, damages: answer.damages)
    }

    private static func facts(_ beganBefore: Int, _ messages: Int) -> [String] {
        let early = beganBefore > 0 ? ["\(HumanFormat.count(beganBefore)) of them began before the window"] : []
        return early + unreadable(messages)
    }

    private static func unreadable(_ count: Int) -> [String] {
        count > 0 ? ["\(HumanFormat.count(count, "message")) unreadable"] : []
    }
}
