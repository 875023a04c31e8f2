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

    @Option(help: "The command with this id; may be repeated.")
    var id: [String] = []

    @Flag(help: "One row per name of command: how many, how they ended, how long they took.")
    var summary = false

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        guard selection.kind.isEmpty else {
            throw ValidationError("query commands reads commands and their updates; leave --kind out.")
        }
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            var query = CommandsQuery(question.selection)
            query.states = Set(state.flatMap(\.states))
            query.names = name.map { Glob($0) }
            query.ids = id
            if summary { try sum(question, query) } else { try list(question, query) }
        }
    }

    private func list(_ question: TapeQuestion, _ query: CommandsQuery) throws {
        let answer = try query.answer(try question.tape(), openUntil: try question.end())
        // The life of a command may have begun before the window.
        let times = TableTime(from: answer.rows.first?.firstSeen, to: answer.rows.last?.firstSeen, zone: question.zone)
        var printer = try RowPrinter(
            CommandRow.columns(times, hidesDevice: question.selection.devices.count == 1), Screen(output.format),
            times: times, output: OutputBuffer(descriptor: 1))
        for row in answer.rows where !output.isEnough(printer.count) { try printer.write(row.values) }
        try printer.flush()
        if answer.rows.isEmpty { try question.explainNothing("commands", kinds: [.command, .commandUpdate]) }
        try question.finish(
            rows: printer.count, "command", facts: Self.facts(unreadable: answer.unreadable),
            hidden: printer.hiddenTitles, duplicates: answer.duplicates, damages: answer.damages)
    }

    private func sum(_ question: TapeQuestion, _ query: CommandsQuery) throws {
        let answer = try query.summary(try question.tape())
        var printer = try RowPrinter(
            CommandSummaryRow.columns, Screen(output.format), times: question.times(),
            output: OutputBuffer(descriptor: 1))
        for row in answer.rows where !output.isEnough(printer.count) { try printer.write(row.values) }
        try printer.flush()
        if answer.rows.isEmpty { try question.explainNothing("commands", kinds: [.command, .commandUpdate]) }
        let commands = HumanFormat.count(answer.rows.reduce(0) { $0 + $1.count }, "command")
        try question.finish(
            rows: printer.count, "name", facts: [commands] + Self.facts(unreadable: answer.unreadable),
            hidden: printer.hiddenTitles, duplicates: answer.duplicates, damages: answer.damages)
    }

    private static func facts(unreadable: Int) -> [String] {
        unreadable > 0 ? ["\(HumanFormat.count(unreadable, "message")) unreadable"] : []
    }
}
