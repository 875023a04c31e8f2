import DeviceProtocol
import JSONScan
import Tape

/// Takes metrics as counters: how much each device's number grew from one sample to the next.
///
/// A number below the one before is a counter that began again at 0. A step belongs to the bucket of its later sample.
/// Samples that are not later than the one before count as late and are passed over; so are steps across a loss.
struct CounterScan {
    private struct Sums {
        var increase = ExactSum()
        var nanoseconds: Double = 0
    }

    private struct Key: Hashable {
        var series: Int
        var from: Int64
    }

    private let query: TrendQuery
    private let labels: DeviceLabels?
    private let losses: Losses
    private var series = TrendSeriesList()
    private var sums: [Key: Sums] = [:]

    init(_ query: TrendQuery, _ labels: DeviceLabels?, _ losses: Losses) {
        self.query = query
        self.labels = labels
        self.losses = losses
    }

    mutating func read(_ tape: TapeReader) throws(TapeError) {
        struct Source: Hashable {
            var metric: Int?
            var device: Int?
        }
        var last: [Source: (time: Int64, value: Double)] = [:]
        var scan = try SampleScan(tape, query.selection, metrics: query.metrics)
        while let sample = try scan.next() {
            guard let metric = sample.metric, let value = sample.number, value.isFinite else { continue }
            let source = Source(metric: metric, device: sample.device)
            let time = query.clock.time(of: sample)
            guard let before = last[source] else {
                last[source] = (time, value)
                continue
            }
            guard time > before.time else { continue }
            last[source] = (time, value)
            guard !losses.touch(before.time..<time) else { continue }
            let device = sample.device.map { scan.devices[$0] }
            let number = series.index(
                of: scan.metrics[metric], query.grouping == .device ? device : nil,
                labels?.label(of: device, at: sample.sequence))
            let key = Key(series: number, from: query.grid.bucket(of: time).lowerBound)
            sums[key, default: Sums()].increase.add(value >= before.value ? value - before.value : value)
            sums[key, default: Sums()].nanoseconds += Double(time) - Double(before.time)
        }
    }

    /// Adds what was found to the rows of a trend.
    mutating func complete(_ rows: inout [TrendRow]) {
        for index in rows.indices {
            let number = series.index(of: rows[index].metric, rows[index].device, rows[index].group)
            guard let found = sums[Key(series: number, from: rows[index].from.nanoseconds)] else { continue }
            rows[index].increase = found.increase.value
            rows[index].rate = found.increase.value / (found.nanoseconds / 1e9)
        }
    }
}

extension TelemetrySample {
    /// The value as a number; nil where it is none.
    var number: Double? {
        guard let first = value.first, bytes[first] == UInt8(ascii: "-") || bytes[first] &- UInt8(ascii: "0") < 10
        else { return nil }
        return (try? JSONValue.parse(bytes.span.extracting(value)))?.number?.double
    }
}
