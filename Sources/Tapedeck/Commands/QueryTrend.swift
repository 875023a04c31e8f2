import ArgumentParser
import DeviceProtocol
import Foundation
import Plot
import Query
import Tape
import Terminal

/// Metrics over time, in buckets.
struct QueryTrend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend",
        abstract: "Metrics over time: count, least, greatest, mean and percentiles of each stretch.",
        discussion: """
            JSON keys: metric device from until count min max avg p50 p95 first last coverage. device stands there \
            with --by device, group with any other --by. Only numbers count, redelivered duplicates are left out, a \
            bucket without a number is left out. coverage is the share of the bucket in which nothing was lost.

            Buckets begin at whole multiples of their length since 1970, UTC; those of whole days at midnight of --tz, \
            of whole weeks on Mondays. By --clock device a sample falls where its own timestamp says, if that can be \
            believed, so that samples which were held back fall where they belong; by --clock arrival where it \
            arrived. The window selects by arrival in both cases.

            --by takes device, firmware, model, name, space, or any metric: a sample counts for the value that its \
            device had said last. --agg adds keys: sum, stddev, p99 or any p0 to p100, increase and rate_per_s (of a \
            counter, resets allowed for). --agg states is another answer: how long texts and truth values had which \
            value, with the keys metric device|group from until value duration_s share entries coverage.

            --compare 7d puts each bucket beside the one that long before; with --by, --compare OLD,NEW puts group NEW \
            beside group OLD. Keys: metric device|group from until count avg p50 p95 max base_group base_from \
            base_count base_avg base_p50 base_p95 base_max change change_percent, where change is that of avg.
            """)

    @Argument(help: "The tape.")
    var tape: String

    @Option(
        name: .shortAndLong,
        help: "A metric; * stands for any text, ? for one character; may be repeated.")
    var metric: [String]

    @Option(help: "The length of a bucket: 1m, 15m, 1h, 1d, 1w.")
    var every = "1h"

    @Option(help: "Rows of its own for each: device, firmware, model, name, space, or any metric.")
    var by: String?

    @Option(help: "Also this: sum, stddev, p99, increase, rate, or states alone; may be repeated, or be a list.")
    var agg: [String] = []

    @Option(help: "Only the series with the greatest mean over the whole window, that many.")
    var top: Int?

    @Option(help: "Beside each bucket the one that long before (7d), or with --by another group (OLD,NEW).")
    var compare: String?

    @Option(help: "With --agg states: for how long a value counts when nothing follows it.")
    var hold = "15m"

    @Option(help: "By which clock samples fall into buckets: device or arrival.")
    var clock = TelemetryClock.device

    @OptionGroup(title: "Selection")
    var selection: SelectionFlags

    @OptionGroup(title: "Output")
    var output: OutputFlags

    @OptionGroup(title: "Drawing")
    var drawing: PlotFlags

    func validate() throws {
        guard !metric.isEmpty else { throw ValidationError("say which metric with -m.") }
        guard selection.kind.allSatisfy({ $0 == MessageKind.telemetry.rawValue }) else {
            throw ValidationError("query trend reads messages of kind telemetry only; leave --kind out.")
        }
        if let top, top < 1 { throw ValidationError("--top takes a number of series from 1.") }
        if by == "" { throw ValidationError("--by takes device, firmware, model, name, space, or a metric.") }
        let aggregates = try TrendAggregates(agg)
        if aggregates.isStates, compare != nil || top != nil || drawing.isWanted {
            throw ValidationError("--agg states stands alone; leave --compare, --top and drawing out.")
        }
        if drawing.isWanted, compare != nil { throw ValidationError("Give either --compare or a drawing, not both.") }
        _ = try Self.length("--every", every)
        _ = try Self.length("--hold", hold)
        _ = try comparison()
    }

    func run() throws {
        try reportingFailures {
            let question = try TapeQuestion(tape, selection, output)
            try question.warnOfLosses()
            let query = try query(question)
            if try TrendAggregates(agg).isStates { return try writeStates(query, question) }
            let answer = try query.answer(try question.tape())
            if drawing.isWanted {
                try draw(answer, question)
            } else if let comparison = try comparison() {
                return try writeComparison(comparison, answer, query, question)
            } else {
                try write(answer, question)
            }
        }
    }

    private func query(_ question: TapeQuestion) throws -> TrendQuery {
        let zone = question.zone
        var query = TrendQuery(
            question.selection, metrics: metric.map { Glob($0) },
            grid: BucketGrid(every: try Self.length("--every", every), offset: zone.nanosecondsAhead))
        query.grouping = by.map { $0 == "device" ? .device : .attribute($0) } ?? .together
        query.clock = clock
        query.top = top ?? 0
        let aggregates = try TrendAggregates(agg)
        query.quantiles = aggregates.quantiles
        query.countsDeviation = aggregates.extras.contains(.stddev)
        query.countsIncrease = aggregates.extras.contains(.increase)
        return query
    }

    // MARK: Rows

    private func write(_ answer: TrendAnswer, _ question: TapeQuestion) throws {
        let aggregates = try TrendAggregates(agg)
        let times = Self.times(answer.rows.map { $0.from..<$0.until }, question)
        let printer = try output.write(answer.rows, TrendRow.columns(times, by: by, aggregates), times: times) {
            $0.values(aggregates)
        }
        try finish(answer, question, rows: printer.count, hidden: printer.hiddenTitles)
    }

    private func draw(_ answer: TrendAnswer, _ question: TapeQuestion) throws {
        let gaps = try question.tape().gaps(since: question.selection.since, until: question.selection.until)
        let chart = Chart.trend(
            answer.rows, title: "\(metric.joined(separator: ", ")) every \(every)", labels: TimeLabels(question.zone),
            gaps: gaps.map(\.range))
        try ChartWriter(flags: drawing, tape: tape).write(chart)
        try finish(answer, question, rows: answer.rows.count, hidden: [])
    }

    private func finish(_ answer: TrendAnswer, _ question: TapeQuestion, rows: Int, hidden: [String]) throws {
        if answer.rows.isEmpty {
            try question.explainNothing(
                "numbers", kinds: [.telemetry], metrics: metric.map { Glob($0) }, otherMetrics: answer.otherMetrics)
        }
        if answer.isApproximate {
            Notes.note("note: so many numbers that percentiles are exact to half a per cent")
        }
        var facts: [String] = []
        if answer.others > 0 {
            facts.append("\(HumanFormat.count(answer.others, "value")) left out that are no numbers")
        }
        if answer.seriesLeftOut > 0 { facts.append("\(answer.seriesLeftOut) series below --top") }
        try question.finish(
            rows: rows, "bucket", facts: facts, hidden: hidden, duplicates: answer.duplicates, damages: answer.damages)
    }

    private func writeStates(_ query: TrendQuery, _ question: TapeQuestion) throws {
        let answer = try StateTimesQuery(query, hold: try Self.length("--hold", hold)).answer(try question.tape())
        let times = Self.times(answer.rows.map { $0.from..<$0.until }, question)
        let printer = try output.write(answer.rows, StateTimesRow.columns(times, by: by), times: times, \.values)
        if answer.rows.isEmpty {
            try question.explainNothing(
                "states", kinds: [.telemetry], metrics: metric.map { Glob($0) }, otherMetrics: answer.otherMetrics)
        }
        let others =
            answer.others > 0
            ? ["\(HumanFormat.count(answer.others, "value")) left out that are neither text nor truth values"] : []
        try question.finish(
            rows: printer.count, "row", facts: others, hidden: printer.hiddenTitles, duplicates: answer.duplicates,
            damages: answer.damages)
    }

    private func writeComparison(
        _ comparison: Comparison, _ answer: TrendAnswer, _ query: TrendQuery, _ question: TapeQuestion
    ) throws {
        let rows: [TrendComparisonRow]
        switch comparison {
        case .earlier(let shift):
            var earlier = query
            earlier.selection.since = query.selection.since.map { Timestamp(nanoseconds: $0.nanoseconds &- shift) }
            let end = query.selection.until ?? question.window.end.map { Timestamp(nanoseconds: $0.nanoseconds &+ 1) }
            earlier.selection.until = end.map { Timestamp(nanoseconds: $0.nanoseconds &- shift) }
            let base = try earlier.answer(try question.tape())
            rows = TrendComparisonRow.rows(answer.rows, against: base.rows, shift: shift)
        case .groups(let old, let new):
            rows = TrendComparisonRow.rows(answer.rows, group: new, against: old)
        }
        let times = Self.times(rows.compactMap { ($0.row ?? $0.base).map { $0.from..<$0.until } }, question)
        let printer = try output.write(rows, TrendComparisonRow.columns(times, by: by), times: times, \.values)
        if rows.isEmpty, !answer.rows.isEmpty {
            let groups = Set(answer.rows.map { $0.group ?? $0.device?.text ?? "(unknown)" }).sorted()
            Notes.note("no group of that name; there are: \(groups.prefix(10).joined(separator: ", "))")
        }
        try finish(answer, question, rows: printer.count, hidden: printer.hiddenTitles)
    }

    // MARK: Options

    private enum Comparison {
        case earlier(Int64)
        case groups(old: String, new: String)
    }

    private func comparison() throws -> Comparison? {
        guard let compare else { return nil }
        let names = compare.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        if names.count == 2 {
            guard by != nil else { throw ValidationError("--compare \(compare): two groups need --by.") }
            return .groups(old: String(names[0]), new: String(names[1]))
        }
        return .earlier(try Self.length("--compare", compare))
    }

    private static func length(_ option: String, _ text: String) throws -> Int64 {
        let length: Int64
        do { length = try DurationExpression.parse(text) } catch { throw ValidationError("\(option): \(error)") }
        guard length > 0 else { throw ValidationError("\(option) takes a length of time above 0.") }
        return length
    }

    private static func times(_ ranges: [Range<Timestamp>], _ question: TapeQuestion) -> TableTime {
        TableTime(
            from: ranges.lazy.map(\.lowerBound).min(), to: ranges.lazy.map(\.upperBound).max(), zone: question.zone)
    }
}

extension Gap {
    /// The stretch of time; without an end, up to the last instant.
    var range: Range<Int64> {
        beganAt.nanoseconds..<max(beganAt.nanoseconds, endedAt?.nanoseconds ?? .max)
    }
}
