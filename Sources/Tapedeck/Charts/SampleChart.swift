import DeviceProtocol
import JSONScan
import Plot
import Query

/// Collects samples for a chart: numbers as lines, texts and truth values as lanes.
///
/// Each line keeps the first, least, greatest and last number of each of some thousand stretches of the window, so that
/// the memory does not grow with the samples and no peak is lost.
struct SampleChart {
    private struct Source: Hashable {
        var metric: Int
        var device: Int?
    }

    private let window: Range<Int64>
    private let clock: TelemetryClock
    private var lines: [Source: ThinnedLine] = [:]
    private var lanes: [Source: StateLane] = [:]
    private var order: [Source] = []
    /// Series that found no room.
    private(set) var left: Int = 0
    private var leftSources: Set<Source> = []

    /// More lines or lanes than these cannot be told apart.
    static let seriesLimit = 24

    init(window: Range<Int64>, clock: TelemetryClock) {
        self.window = window
        self.clock = clock
    }

    /// Adds a sample.
    mutating func take(_ sample: TelemetrySample) {
        guard let metric = sample.metric else { return }
        let source = Source(metric: metric, device: sample.device)
        let time = clock.time(of: sample)
        let literal = sample.bytes[sample.value]
        guard window.contains(time), isKnown(source) else { return }
        guard let first = literal.first, let value = try? JSONValue.parse(sample.bytes.span.extracting(sample.value))
        else {
            lanes[source]?.take(nil, at: time)
            return
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "t") || first == UInt8(ascii: "f") {
            lanes[source, default: StateLane()].take(value.string ?? value.description, at: time)
        } else if let number = value.number {
            lines[source, default: ThinnedLine(window)].take(number.double, at: time)
        }
    }

    private mutating func isKnown(_ source: Source) -> Bool {
        if lines[source] != nil || lanes[source] != nil { return true }
        guard order.count < Self.seriesLimit else {
            if leftSources.count < 10_000, leftSources.insert(source).inserted { left += 1 }
            return false
        }
        if !order.contains(source) { order.append(source) }
        return true
    }

    /// The chart.
    ///
    /// - Parameters:
    ///   - scan: what gave the samples.
    ///   - title: what the chart is about.
    ///   - labels: how instants are written.
    ///   - gaps: where messages may be missing.
    /// - Returns: the metrics as panels, the devices as lines and lanes.
    func chart(_ scan: SampleScan, title: String, labels: TimeLabels, gaps: [Range<Int64>]) -> Chart {
        let devices = Set(order.map(\.device))
        func name(_ source: Source, _ metric: Bool) -> String {
            let device = source.device.map { scan.devices[$0].text } ?? "no device"
            if devices.count == 1 { return metric ? scan.metrics[source.metric] : device }
            return metric ? "\(scan.metrics[source.metric]) \(device)" : device
        }
        var panels: [Chart.Panel] = []
        var metrics: [Int] = []
        for source in order where lines[source] != nil && !metrics.contains(source.metric) {
            metrics.append(source.metric)
        }
        for metric in metrics {
            let series = order.filter { $0.metric == metric }.compactMap { source in
                lines[source].map { line in
                    LinePanel.Series(
                        name: name(source, false), points: line.points, maximumStep: line.maximumStep)
                }
            }
            panels.append(.lines(LinePanel(title: scan.metrics[metric], series: series)))
        }
        let states = order.compactMap { source in
            lanes[source].map {
                LanePanel.Lane(name: name(source, true), intervals: $0.intervals(until: window.upperBound))
            }
        }
        if !states.isEmpty { panels.append(.lanes(LanePanel(lanes: states))) }
        return Chart(title: title, window: window, timeLabels: labels, panels: panels, gaps: gaps)
    }
}

/// The numbers of one line, thinned while they come.
struct ThinnedLine {
    private struct Cell {
        var first: LinePanel.Point
        var lowest: LinePanel.Point
        var highest: LinePanel.Point
        var last: LinePanel.Point
    }

    private let window: Range<Int64>
    private let width: Int64
    private var cells: [Int: Cell] = [:]
    private var steps: [Int64] = []
    private var before: Int64?

    private static let cellCount: Int64 = 2_048
    private static let stepSample = 1_024

    init(_ window: Range<Int64>) {
        self.window = window
        let span = window.upperBound.subtractingReportingOverflow(window.lowerBound)
        width = max(1, (span.overflow ? .max : span.partialValue) / Self.cellCount)
    }

    mutating func take(_ value: Double, at time: Int64) {
        if let before, time > before, steps.count < Self.stepSample { steps.append(time &- before) }
        before = time
        let point = LinePanel.Point(time: time, value: value)
        let index = Int((time &- window.lowerBound) / width)
        guard var cell = cells[index] else {
            cells[index] = Cell(first: point, lowest: point, highest: point, last: point)
            return
        }
        if time < cell.first.time { cell.first = point }
        if value < cell.lowest.value { cell.lowest = point }
        if value > cell.highest.value { cell.highest = point }
        if time >= cell.last.time { cell.last = point }
        cells[index] = cell
    }

    /// What was kept, in order of time.
    var points: [LinePanel.Point] {
        var points: [LinePanel.Point] = []
        for (_, cell) in cells.sorted(by: { $0.key < $1.key }) {
            for point in [cell.first, cell.lowest, cell.highest, cell.last].sorted(by: { $0.time < $1.time })
            where points.last != point { points.append(point) }
        }
        return points
    }

    /// Numbers that lie further apart than this have a gap between them: five times what is usual, ns.
    var maximumStep: Int64? {
        guard !steps.isEmpty else { return nil }
        let usual = steps.sorted()[steps.count / 2]
        let (product, overflow) = usual.multipliedReportingOverflow(by: 5)
        return overflow ? nil : max(product, 2 * width)
    }
}

/// The values of one lane.
private struct StateLane {
    private struct Entry {
        var time: Int64
        /// When it was said for the last time.
        var lastSaid: Int64
        /// Nil where the value was taken away.
        var value: String?
    }

    private var entries: [Entry] = []
    private var steps: [Int64] = []

    /// Changes beyond these are left out; no lane can show them.
    private static let limit = 20_000
    private static let stepSample = 32

    mutating func take(_ value: String?, at time: Int64) {
        guard var last = entries.last else { return entries.append(Entry(time: time, lastSaid: time, value: value)) }
        guard time >= last.lastSaid else { return }
        if time > last.lastSaid, steps.count < Self.stepSample { steps.append(time &- last.lastSaid) }
        let isSame = value.map { Array($0.utf8) } == last.value.map { Array($0.utf8) }
        if isSame, time &- last.lastSaid <= patience {
            last.lastSaid = time
            entries[entries.count - 1] = last
        } else if entries.count < Self.limit {
            entries.append(Entry(time: time, lastSaid: time, value: value))
        }
    }

    /// For how long a value counts when nothing is said: five times what is usual, ns.
    private var patience: Int64 {
        guard !steps.isEmpty else { return 1_000_000_000 }
        let usual = steps.sorted()[steps.count / 2]
        return usual > .max / 5 ? .max : usual * 5
    }

    func intervals(until end: Int64) -> [LanePanel.Interval] {
        let patience = patience
        return entries.indices.compactMap { index in
            let entry = entries[index]
            guard let value = entry.value else { return nil }
            let next = index + 1 < entries.count ? entries[index + 1].time : end
            let (limit, overflow) = entry.lastSaid.addingReportingOverflow(patience)
            let until = min(next, overflow ? .max : limit)
            return until > entry.time ? LanePanel.Interval(range: entry.time..<until, value: value) : nil
        }
    }
}
