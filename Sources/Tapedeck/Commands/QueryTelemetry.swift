import ArgumentParser
import DeviceProtocol
import Plot
import Query
import Tape
import Terminal

/// Samples as recorded, one row a metric.
struct QueryTelemetry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telemetry",
        abstract: "Samples as recorded, one row a metric.",
        discussion: """
            JSON keys: seq time device_time device metric value status op clock. `time` is that of arrival; `value` \
            keeps its type and the spelling of numbers; `status` is the condition that the message states; `clock` says \
            which of the two times counts as the sample's: `device` where the device's own is sound (2010 to 2100) and \
            --clock arrival does not forbid it, else `arrival`. Rows come in the order of arrival.

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

    @Option(help: "Which time counts as a sample's own: device (where it is sound, else arrival) or arrival.")
    var clock = TelemetryClock.device

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    @OptionGroup(title: "Drawing")
    var drawing: PlotFlags

    @Flag(help: "Go on with what is being recorded, until the recording ends.")
    var follow = false

    func validate() throws {
        guard selection.kind.allSatisfy({ $0 == MessageKind.telemetry.rawValue }) else {
            throw ValidationError("query telemetry reads messages of kind telemetry only; leave --kind out.")
        }
        guard !drawing.isWanted || !follow else { throw ValidationError("A drawing cannot follow a recording.") }
    }

    func run() throws {
        try reportingFailures {
            var follower = follow ? TapeFollower() : nil
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            let metrics = metric.map { Glob($0) }
            var scan = try SampleScan(try question.tape(), question.selection, metrics: metrics)
            if drawing.isWanted { return try draw(&scan, question, metrics) }
            let limit = output.limit > 0 ? output.limit : .max
            var rows = try SampleRows(
                Screen(output.format), clock, times: question.times(isGrowing: follow),
                hidesDevice: question.selection.devices.count == 1)
            var end: TapeFollower.End?
            repeat {
                while rows.count < limit, let sample = try scan.next() { try rows.write(sample, of: scan) }
                try rows.flush()
                if rows.count >= limit { break }
                end = try follower?.advance(&scan, question)
            } while follower != nil && end == nil
            if rows.count == 0, end != .stopped {
                try question.explainNothing(
                    "samples", kinds: [.telemetry], metrics: metrics, otherMetrics: scan.otherMetrics)
            }
            let unreadable =
                scan.unreadable > 0 ? ["\(HumanFormat.count(scan.unreadable, "message")) unreadable"] : []
            try question.finish(
                rows: rows.count, "sample", facts: unreadable, hidden: rows.hiddenTitles,
                duplicates: scan.duplicates, damages: scan.damages)
            if end == .stopped { throw Outcome.interrupted }
        }
    }

    private func draw(_ scan: inout SampleScan, _ question: TapeQuestion, _ metrics: [Glob]) throws {
        let begin = question.window.begin?.nanoseconds ?? 0
        let window = begin..<max(begin &+ 1, (question.window.end?.nanoseconds ?? 0) &+ 1)
        var chart = SampleChart(window: window, clock: clock)
        var count = 0
        while !output.isEnough(count), let sample = try scan.next() {
            chart.take(sample)
            count += 1
        }
        let title =
            (metric.isEmpty ? "telemetry" : metric.joined(separator: ", "))
            + (selection.device.count == 1 ? " of \(selection.device[0])" : "")
        let gaps = try question.tape().gaps(since: question.selection.since, until: question.selection.until)
        try ChartWriter(flags: drawing, tape: tape).write(
            chart.chart(scan, title: title, labels: TimeLabels(question.zone), gaps: gaps.map(\.range)))
        if count == 0 {
            try question.explainNothing(
                "samples", kinds: [.telemetry], metrics: metrics, otherMetrics: scan.otherMetrics)
        }
        let left =
            chart.left > 0
            ? [
                "\(chart.left) series not drawn: more than \(SampleChart.seriesLimit); narrow with -m and -d"
            ]
            : []
        try question.finish(
            rows: count, "sample", facts: left, duplicates: scan.duplicates, damages: scan.damages)
    }
}
