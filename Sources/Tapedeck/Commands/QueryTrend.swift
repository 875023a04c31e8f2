import ArgumentParser
import DeviceProtocol
import Query
import Tape
import Terminal

/// Metrics over time, in buckets.
struct QueryTrend: ParsableCommand {
    /// What `--by` takes.
    enum Grouping: String, CaseIterable, ExpressibleByArgument {
        case device
    }

    /// What `--clock` takes.
    enum ClockChoice: String, CaseIterable, ExpressibleByArgument {
        case device
        case arrival
    }

    static let configuration = CommandConfiguration(
        commandName: "trend",
        abstract: "Metrics over time: count, least, greatest, mean and percentiles of each stretch.",
        discussion: """
            JSON keys: metric device from until count min max avg p50 p95 first last coverage. device stands there \
            with --by device only. Buckets begin at whole multiples of their length since 1970, UTC; one without a \
            number is left out. coverage is the share of the bucket that no row of the loss ledger touches. Only \
            numbers count, redelivered duplicates are left out.

            By --clock device a sample falls where its own timestamp says, if that can be believed, so that samples \
            which were held back fall where they belong; by --clock arrival where it arrived. The window selects by \
            arrival in both cases.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(
        name: .shortAndLong,
        help: "A metric; * stands for any text, ? for one character; may be repeated.")
    var metric: [String]

    @Option(help: "The length of a bucket: 1m, 15m, 1h, 1d.")
    var every = "1h"

    @Option(help: "Rows of its own for each device.")
    var by: Grouping?

    @Option(help: "By which clock samples fall into buckets: device or arrival.")
    var clock = ClockChoice.device

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    func validate() throws {
        guard !metric.isEmpty else { throw ValidationError("say which metric with -m.") }
        guard selection.kind.allSatisfy({ $0 == MessageKind.telemetry.rawValue }) else {
            throw ValidationError("query trend reads messages of kind telemetry only; leave --kind out.")
        }
        _ = try length()
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            let metrics = metric.map { Glob($0) }
            var query = TrendQuery(question.selection, metrics: metrics, every: try length())
            query.byDevice = by == .device
            query.clock = clock == .device ? .device : .arrival
            let answer = try query.answer(try question.tape())
            let times = TableTime(
                from: answer.rows.lazy.map(\.from).min(), to: answer.rows.lazy.map(\.until).max(), zone: question.zone)
            var printer = try RowPrinter(
                TrendRow.columns(times, hidesDevice: by == nil), Screen(output.format), times: times,
                output: OutputBuffer(descriptor: 1))
            for row in answer.rows where !output.isEnough(printer.count) { try printer.write(row.values) }
            try printer.flush()
            if answer.rows.isEmpty {
                try question.explainNothing(
                    "numbers", kinds: [.telemetry], metrics: metrics, otherMetrics: answer.otherMetrics)
            }
            if answer.isApproximate {
                Notes.note("note: so many numbers that percentiles are exact to half a per cent")
            }
            let others =
                answer.others > 0 ? ["\(HumanFormat.count(answer.others, "value")) left out that are no numbers"] : []
            try question.finish(
                rows: printer.count, "bucket", facts: others, hidden: printer.hiddenTitles,
                duplicates: answer.duplicates, damages: answer.damages)
        }
    }

    private func length() throws -> Int64 {
        let length: Int64
        do { length = try DurationExpression.parse(every) } catch { throw ValidationError("--every: \(error)") }
        guard length > 0 else { throw ValidationError("--every takes a length of time above 0.") }
        return length
    }
}
