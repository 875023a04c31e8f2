public import DeviceProtocol

/// A metric that moved away from where it was in the time before.
///
/// - A spread is 1.4826 times the median absolute deviation of the values before (for normally distributed values their
///   standard deviation), where that is 0 a quarter of their range; and never less than a thousandth of their median.
/// - The value that counts is that of the window which is furthest outside of all values before, where there is one,
///   else the median of the window.
/// - It moved when that value is 3 spreads or more from the median before. ``score`` is the number of spreads.
/// - A counter, a metric that rose at most steps and fell at one in twenty at most, is judged by its rise a second, by the
///   device's clock where it states a time.
///
/// At least 5 values before and 1 in the window are needed.
public struct MovedMetric: Sendable, Hashable {
    /// The metric.
    public var metric: String
    /// Whether the values below are rises a second of a counter.
    public var isRate: Bool
    /// The median before.
    public var median: Double
    /// The least value before.
    public var least: Double
    /// The greatest value before.
    public var greatest: Double
    /// The value that counts.
    public var value: Double
    /// When it was there; nil where it is a median.
    public var time: Timestamp?
    /// How many spreads it is from the median before.
    public var score: Double

    /// Spreads from which on a metric counts as moved.
    public static let threshold = 3.0
    /// Values before that are needed.
    public static let fewest = 5
}

extension MovedMetric {
    /// Judges a metric; nil where it did not move.
    init?(_ metric: String, before: MetricSeries, window: MetricSeries) {
        var isRate = false
        var (before, window) = (before, window)
        if before.isCounter {
            isRate = true
            (before, window) = (before.rates(), window.rates(after: before.last))
        }
        guard before.values.count >= Self.fewest, !window.values.isEmpty else { return nil }
        let sorted = before.values.sorted()
        guard let least = sorted.first, let greatest = sorted.last else { return nil }
        let median = Self.median(sorted)
        let spread = Self.spread(sorted, median)
        var value = Self.median(window.values.sorted())
        var time: Timestamp?
        var furthest = 0.0
        for (index, candidate) in window.values.enumerated() {
            let outside = max(least - candidate, candidate - greatest)
            if outside > furthest {
                furthest = outside
                value = candidate
                time = Timestamp(nanoseconds: window.times[index])
            }
        }
        // Values at the ends of what doubles hold are as far away as can be.
        let score = min(abs(value - median) / spread, .greatestFiniteMagnitude)
        guard score >= Self.threshold else { return nil }
        self.init(
            metric: metric, isRate: isRate, median: median, least: least, greatest: greatest, value: value, time: time,
            score: score)
    }

    private static func spread(_ sorted: [Double], _ median: Double) -> Double {
        let deviation = Self.median(sorted.map { abs($0 - median) }.sorted())
        let range = (sorted.last ?? 0) - (sorted.first ?? 0)
        return max(deviation > 0 ? 1.4826 * deviation : range / 4, abs(median) / 1_000, 1e-9)
    }

    private static func median(_ sorted: [Double]) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? sorted[middle - 1] / 2 + sorted[middle] / 2 : sorted[middle]
    }
}

/// Numbers over time, in order of arrival.
public struct MetricSeries: Sendable {
    /// Wall times of arrival, ns since the Unix epoch.
    public internal(set) var times: [Int64] = []
    /// The numbers, all finite.
    public internal(set) var values: [Double] = []

    /// When the device measured them by its own clock, ns, where it says so; else the time of arrival.
    private var stated: [Int64] = []

    /// The last one of all, with the time that the device states.
    var last: (stated: Int64, value: Double)? {
        guard let stated = stated.last, let value = values.last else { return nil }
        return (stated, value)
    }

    mutating func add(_ value: Double, at time: Int64, stated: Int64) {
        times.append(time)
        values.append(value)
        self.stated.append(stated)
    }

    /// Appends later ones.
    mutating func append(_ other: MetricSeries) {
        times += other.times
        values += other.values
        stated += other.stated
    }

    /// Halves the memory: of four neighbours the least and the greatest stay.
    mutating func thin() {
        var thinned = MetricSeries()
        for start in stride(from: 0, to: values.count, by: 4) {
            let group = start..<min(start + 4, values.count)
            guard let low = group.min(by: { values[$0] < values[$1] }),
                let high = group.max(by: { values[$0] < values[$1] })
            else { continue }
            for index in low == high ? [low] : [min(low, high), max(low, high)] {
                thinned.add(values[index], at: times[index], stated: stated[index])
            }
        }
        self = thinned
    }

    /// Whether it only rises, but for new beginnings: as an uptime, or a count of packets.
    var isCounter: Bool {
        guard values.count >= 8 else { return false }
        var rises = 0
        var falls = 0
        for index in 1..<values.count where stated[index] > stated[index - 1] {
            if values[index] > values[index - 1] { rises += 1 }
            if values[index] < values[index - 1] { falls += 1 }
        }
        return rises * 2 > values.count && falls * 20 <= values.count
    }

    /// The rise a second between neighbours; none across a fall, and none to a value that came late.
    func rates(after first: (stated: Int64, value: Double)? = nil) -> MetricSeries {
        var rates = MetricSeries()
        forEachStep(after: first) { index, before, seconds in
            guard values[index] >= before else { return }
            rates.add((values[index] - before) / seconds, at: times[index], stated: stated[index])
        }
        return rates
    }

    /// Where a counter began anew: what it was before, and the place of the first value after.
    func resets(after first: (stated: Int64, value: Double)?) -> [(before: Double, index: Int)] {
        var resets: [(before: Double, index: Int)] = []
        forEachStep(after: first) { index, before, _ in
            if values[index] < before { resets.append((before, index)) }
        }
        return resets
    }

    /// Goes through neighbours in order of the device's clock; what came late, or together, is passed over.
    private func forEachStep(
        after first: (stated: Int64, value: Double)?,
        _ body: (_ index: Int, _ before: Double, _ seconds: Double) -> Void
    ) {
        var previous = first
        for index in values.indices {
            if let before = previous {
                let step = stated[index].subtractingReportingOverflow(before.stated)
                // A clock that was set far back is followed, one message that came late is not.
                let isNext = step.overflow || step.partialValue > 0 || step.partialValue < -3_600_000_000_000
                if !isNext { continue }
                if !step.overflow, step.partialValue > 0 { body(index, before.value, Double(step.partialValue) / 1e9) }
            }
            previous = (stated[index], values[index])
        }
    }
}
