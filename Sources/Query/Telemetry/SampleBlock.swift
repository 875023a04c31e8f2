import DeviceProtocol
import Tape

/// The telemetry of one part of a tape, handed out in order of arrival.
struct SampleBlock {
    /// A message whose values lie in columns.
    struct Row {
        var sequence: Int64
        /// Row of its group.
        var row: Int
        /// The device by number.
        var device: Int?
    }

    /// What comes next.
    enum Next {
        /// A sample, and by number the device whose state holds its metric.
        case sample(TelemetrySample, holder: Int?)
        /// A message that only itself tells about.
        case message(RecordedMessage)
    }

    private struct Entry {
        var sequence: Int64
        /// Position in `groups`; -1 for a whole message.
        var group: Int32
        /// Row of the group, or position in `messages`.
        var row: Int32
        var device: Int32
    }

    private var entries: [Entry] = []
    private var groups: [SampleGroup] = []
    private var messages: [RecordedMessage] = []
    private var position = 0
    /// The next metric of the entry at `position`.
    private var metric = 0

    /// Adds whole messages.
    mutating func take(_ more: [RecordedMessage]) {
        for message in more {
            entries.append(
                Entry(
                    sequence: message.sequence, group: -1, row: Int32(truncatingIfNeeded: messages.count), device: -1))
            messages.append(message)
        }
    }

    /// Adds messages whose values lie in columns.
    mutating func take(_ group: SampleGroup, _ rows: [Row]) {
        let number = Int32(truncatingIfNeeded: groups.count)
        groups.append(group)
        entries.reserveCapacity(entries.count + rows.count)
        for row in rows {
            entries.append(
                Entry(
                    sequence: row.sequence, group: number, row: Int32(truncatingIfNeeded: row.row),
                    device: Int32(truncatingIfNeeded: row.device ?? -1)))
        }
    }

    /// Brings everything into the order of the messages' numbers, which are those from `first` on.
    mutating func order(from first: Int64, count: Int) {
        var places = [Int32](repeating: -1, count: count)
        for (index, entry) in entries.enumerated() {
            let place = Int(truncatingIfNeeded: entry.sequence &- first)
            // Only a damaged segment numbers its messages otherwise; then they come in the order of their columns.
            guard places.indices.contains(place), places[place] < 0 else { return }
            places[place] = Int32(truncatingIfNeeded: index)
        }
        let unordered = entries
        entries.removeAll(keepingCapacity: true)
        for place in places where place >= 0 { entries.append(unordered[Int(place)]) }
    }

    /// What comes next; nil at the end.
    mutating func next() -> Next? {
        while position < entries.count {
            let entry = entries[position]
            if entry.group < 0 {
                position += 1
                return .message(messages[Int(entry.row)])
            }
            let group = groups[Int(entry.group)]
            let device = entry.device < 0 ? nil : Int(entry.device)
            if metric < group.metrics.count {
                defer { metric += 1 }
                return .sample(
                    group.sample(metric, row: Int(entry.row), sequence: entry.sequence, device: device), holder: device)
            }
            metric = 0
            position += 1
            if group.showsStatus,
                let sample = group.status(row: Int(entry.row), sequence: entry.sequence, device: device)
            {
                // The condition is not part of what `override` replaces.
                return .sample(sample, holder: nil)
            }
        }
        return nil
    }
}

/// Samples of one shape, by columns.
///
/// A class, so that looking one up for each sample copies no arrays.
final class SampleGroup {
    /// Stands for a time that cannot be read.
    static let noTime = Int64.min

    let arrivals: [Int64]
    /// Whether the condition is a sample of its own.
    let showsStatus: Bool
    /// By row; empty where no message states one.
    var deviceTimes: [Int64] = []
    /// By row the number of the condition, -1 for none; empty where no message states one.
    var conditions: [Int32] = []
    var conditionTexts: FieldTexts?
    /// The metrics by number, in the order of the payload.
    var metrics: [(number: Int, texts: FieldTexts)] = []
    /// The number of the metric `status`.
    var statusMetric = 0

    init(arrivals: [Int64], showsStatus: Bool) {
        self.arrivals = arrivals
        self.showsStatus = showsStatus
    }

    @inline(__always)
    func sample(_ metric: Int, row: Int, sequence: Int64, device: Int?) -> TelemetrySample {
        let texts = metrics[metric].texts
        let place = texts[row]
        let isNull = place.count == 4 && texts.bytes[place.lowerBound] == UInt8(ascii: "n")
        return sample(
            metrics[metric].number, isNull ? .delete : .set, isNull ? 0..<0 : place, texts.bytes, row, sequence, device)
    }

    func status(row: Int, sequence: Int64, device: Int?) -> TelemetrySample? {
        guard let texts = conditionTexts, conditions[row] >= 0 else { return nil }
        return sample(statusMetric, .set, texts[row], texts.bytes, row, sequence, device)
    }

    @inline(__always)
    private func sample(
        _ metric: Int, _ operation: TelemetryRow.Operation, _ value: Range<Int>, _ bytes: [UInt8], _ row: Int,
        _ sequence: Int64, _ device: Int?
    ) -> TelemetrySample {
        TelemetrySample(
            sequence: sequence, arrival: arrivals[row],
            deviceTime: deviceTimes.isEmpty || deviceTimes[row] == Self.noTime ? nil : deviceTimes[row],
            device: device, metric: metric,
            condition: conditions.isEmpty || conditions[row] < 0 ? nil : Int(conditions[row]), operation: operation,
            value: value, bytes: bytes)
    }
}
