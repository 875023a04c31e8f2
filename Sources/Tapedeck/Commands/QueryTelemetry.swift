import ArgumentParser
import DeviceProtocol
import Query
import Tape
import Terminal

/// Samples as recorded, one row a metric.
struct QueryTelemetry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telemetry",
        abstract: "Samples as recorded, one row a metric.",
        discussion: """
            JSON keys: seq time device_time device metric value status op. `value` keeps its type and the spelling of \
            numbers; `status` is the condition that the message states.

            op: `set`; `delete` where the payload says null; `replace` where `override` makes the message replace the \
            whole state, then a row without metric says so if no other row does.

            The condition counts as a metric `status`: -m status shows it for every message. `device` is the device \
            that the payload names, else the one in the topic. Redelivered duplicates are left out.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(
        name: .shortAndLong,
        help: "A metric; * stands for any text, ? for one character; may be repeated (default: all).")
    var metric: [String] = []

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    @Flag(help: "Go on with what is being recorded, until the recording ends.")
    var follow = false

    func validate() throws {
        guard selection.kind.allSatisfy({ $0 == MessageKind.telemetry.rawValue }) else {
            throw ValidationError("query telemetry reads messages of kind telemetry only; leave --kind out.")
        }
    }

    func run() throws {
        try reportingFailures {
            var follower = follow ? TapeFollower() : nil
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            let metrics = metric.map { Glob($0) }
            var stream = try TelemetryStream(try question.tape(), question.selection, metrics: metrics)
            let times = question.times(isGrowing: follow)
            var printer = try RowPrinter(
                TelemetryRow.columns(times, hidesDevice: question.selection.devices.count == 1),
                Screen(output.format), times: times, output: OutputBuffer(descriptor: 1))
            let limit = output.limit > 0 ? output.limit : .max
            var end: TapeFollower.End?
            repeat {
                while printer.count < limit, let row = try stream.next() { try printer.write(row.values) }
                try printer.flush()
                if printer.count >= limit { break }
                end = try follower?.advance(&stream.scan, question)
            } while follower != nil && end == nil
            if printer.count == 0, end != .stopped {
                try question.explainNothing(
                    "samples", kinds: [.telemetry], metrics: metrics, otherMetrics: stream.otherMetrics)
            }
            let unreadable =
                stream.unreadable > 0 ? ["\(HumanFormat.count(stream.unreadable, "message")) unreadable"] : []
            try question.finish(
                rows: printer.count, "sample", facts: unreadable, hidden: printer.hiddenTitles,
                duplicates: stream.scan.duplicates,
                damages: stream.scan.damages)
            if end == .stopped { throw Outcome.interrupted }
        }
    }
}
