public import DeviceProtocol
public import JSONScan
public import Tape

/// The question for how long metrics had which value: strings and truth values, bucket by bucket.
///
/// A value holds from its sample to the next sample of the same metric of the same device, but no longer than
/// ``hold``, and not across a loss. For what lies outside of that the state counts as unknown.
public struct StateTimesQuery: Sendable {
    /// Which samples, in which buckets; quantiles, counters and ``TrendQuery/top`` do not matter.
    public var trend: TrendQuery
    /// For how long a value counts when nothing follows it, ns.
    public var hold: Int64

    /// Makes a question.
    public init(_ trend: TrendQuery, hold: Int64) {
        self.trend = trend
        self.hold = max(1, hold)
    }

    /// How long metrics had which value.
    public struct Answer: Sendable {
        /// By metric, group, time, and the longest first.
        public var rows: [StateTimesRow]
        /// Values that are neither text nor truth values.
        public var others: Int
        /// Redeliveries that were left out.
        public var duplicates: Int
        /// Names of metrics that came by and were not asked for; at most 1000.
        public var otherMetrics: Set<String>
        /// Parts of the tape that could not be read.
        public var damages: [TapeError]
    }

    /// Reads the tape.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func answer(_ tape: TapeReader) throws(TapeError) -> Answer {
        var labels: DeviceLabels?
        if case .attribute(let name) = trend.grouping { labels = try DeviceLabels(name, tape, trend.selection) }
        let recorded = try tape.recorded()
        let losses = Losses(try tape.gaps(), recorded: recorded)
        var collector = StateTimesCollector(self, labels, losses)
        var scan = try SampleScan(tape, trend.selection, metrics: trend.metrics)
        while let sample = try scan.next() { collector.take(sample, scan) }
        // While it is being recorded, nothing is known beyond the last message.
        let known = recorded.upperBound < .max ? recorded.upperBound : try tape.summary().lastArrival?.nanoseconds ?? 0
        let end = min(known, trend.selection.until?.nanoseconds ?? .max)
        return Answer(
            rows: collector.rows(until: end), others: collector.others, duplicates: scan.duplicates,
            otherMetrics: scan.otherMetrics, damages: scan.damages)
    }
}

/// How long a metric had one value in one stretch of time.
public struct StateTimesRow: Sendable, Hashable {
    /// The metric's name.
    public var metric: String
    /// The device; nil where rows are not by device.
    public var device: DeviceID?
    /// The value of the attribute that rows are grouped by.
    public var group: String?
    /// Where the bucket begins.
    public var from: Timestamp
    /// Where it ends, excluded.
    public var until: Timestamp
    /// The value.
    public var value: JSONValue
    /// For how long, ns, over all devices together.
    public var duration: Int64
    /// Its share of the time for which any value is known.
    public var share: Double
    /// How often the value was entered: stretches that begin in the bucket with another value, or none, before.
    public var entries: Int
    /// The share of the bucket in which nothing was lost.
    public var coverage: Double
}

/// Adds up how long values held.
private struct StateTimesCollector {
    private struct Source: Hashable {
        var metric: Int
        var device: Int?
    }

    private struct Holding {
        var time: Int64
        var literal: [UInt8]
        var series: Int
        var isEntered: Bool
    }

    private struct Key: Hashable {
        var series: Int
        var from: Int64
        var literal: [UInt8]
    }

    private let query: StateTimesQuery
    private let labels: DeviceLabels?
    private let losses: Losses
    private var series = TrendSeriesList()
    private var holding: [Source: Holding] = [:]
    private var sums: [Key: (until: Int64, duration: Int64, entries: Int)] = [:]
    private(set) var others = 0

    init(_ query: StateTimesQuery, _ labels: DeviceLabels?, _ losses: Losses) {
        self.query = query
        self.labels = labels
        self.losses = losses
    }

    mutating func take(_ sample: TelemetrySample, _ scan: SampleScan) {
        guard let metric = sample.metric else { return }
        let source = Source(metric: metric, device: sample.device)
        let time = query.trend.clock.time(of: sample)
        var literal = sample.bytes[sample.value]
        // One text may be spelled with escapes here and without them there.
        if literal.contains(UInt8(ascii: "\\")), let value = try? JSONValue.parse(Array(literal).span) {
            literal = Array(value.description.utf8)[...]
        }
        let before = holding[source]
        // What comes late says nothing of the present.
        if let before, time < before.time { return }
        if let before { add(before, until: time) }
        guard let first = literal.first, [UInt8(ascii: "\""), UInt8(ascii: "t"), UInt8(ascii: "f")].contains(first)
        else {
            if !literal.isEmpty { others += 1 }
            holding[source] = nil
            return
        }
        let device = sample.device.map { scan.devices[$0] }
        let number = series.index(
            of: scan.metrics[metric], query.trend.grouping == .device ? device : nil,
            labels?.label(of: device, at: sample.sequence))
        let isEntered = before.map { !$0.literal.elementsEqual(literal) || $0.series != number } ?? true
        holding[source] = Holding(time: time, literal: Array(literal), series: number, isEntered: isEntered)
    }

    private mutating func add(_ held: Holding, until end: Int64) {
        let (limit, overflow) = held.time.addingReportingOverflow(query.hold)
        var end = min(end, overflow ? .max : limit)
        end = losses.firstLoss(in: held.time..<max(held.time, end)) ?? end
        var from = held.time
        var isEntered = held.isEntered
        repeat {
            let bucket = query.trend.grid.bucket(of: from)
            let until = min(bucket.upperBound, end)
            let key = Key(series: held.series, from: bucket.lowerBound, literal: held.literal)
            var sum = sums[key] ?? (bucket.upperBound, 0, 0)
            sum.duration += max(0, until - from)
            if isEntered { sum.entries += 1 }
            sums[key] = sum
            isEntered = false
            from = until
        } while from < end
    }

    mutating func rows(until end: Int64) -> [StateTimesRow] {
        for held in holding.values { add(held, until: max(held.time, end)) }
        var totals: [Key: Int64] = [:]
        for (key, sum) in sums {
            totals[Key(series: key.series, from: key.from, literal: []), default: 0] += sum.duration
        }
        let order = series.sorted(Array(Set(sums.keys.map(\.series))))
        var place: [Int: Int] = [:]
        for (index, number) in order.enumerated() { place[number] = index }
        return sums.sorted { first, second in
            let (one, other) = (place[first.key.series] ?? 0, place[second.key.series] ?? 0)
            if one != other { return one < other }
            if first.key.from != second.key.from { return first.key.from < second.key.from }
            if first.value.duration != second.value.duration { return first.value.duration > second.value.duration }
            return first.key.literal.lexicographicallyPrecedes(second.key.literal)
        }.map { key, sum in
            let one = series[key.series]
            let total = totals[Key(series: key.series, from: key.from, literal: [])] ?? 0
            return StateTimesRow(
                metric: one.metric, device: one.device, group: one.label, from: Timestamp(nanoseconds: key.from),
                until: Timestamp(nanoseconds: sum.until), value: (try? JSONValue.parse(key.literal.span)) ?? .null,
                duration: sum.duration, share: total > 0 ? Double(sum.duration) / Double(total) : 0,
                entries: sum.entries, coverage: losses.coverage(key.from..<sum.until))
        }
    }
}
