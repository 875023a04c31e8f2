import DeviceProtocol
import JSONScan
import SQLite
import Tape

/// Goes through the rows of `samples`.
final class SamplesCursor: VirtualCursor {
    /// What the row is, within its message.
    private enum Part {
        /// No row: the end.
        case none
        /// The metric with the number ``metricNumber`` among those of the unit.
        case metric
        /// The condition as a metric.
        case status
        /// No metric: the state is replaced.
        case replacement
        /// A sample of a message that came whole: ``sample``.
        case whole
    }

    private let source: TapeSource
    private var walk: RowWalk?
    private var loader: SampleLoader?
    private var filter: ScanFilter?
    private var isGrouped = false
    private var tape: OpenTape?

    private var unit: ScanUnit?
    private var samples: SampleUnit?
    private var metricCount = 0
    private var row = 0
    /// The part of the message that comes next; counts metrics, then the status, then the replacement.
    private var next = 0
    private var rest: ArraySlice<Sample> = []
    private var part = Part.none
    private var metricNumber = 0
    private var sample: Sample?
    private var scalar: FieldScalar?
    private var number: Int64 = 0

    init(_ source: TapeSource) {
        self.source = source
    }

    override func begin(_ plan: String, _ arguments: SQLArguments) throws {
        let plan = try ScanPlan.read(plan)
        let filter = try ScanFilter(plan, arguments)
        self.filter = filter
        (walk, loader, unit, samples, part, rest) = (nil, nil, nil, nil, .none, [])
        number = 0
        if filter.isImpossible { return }
        if let kinds = filter.kinds, !kinds.contains(MessageKind.telemetry.rawValue) { return }
        let tape = try source.tape(filter.tape)
        self.tape = tape
        let loader = try SampleLoader(source, tape, filter, plan)
        self.loader = loader
        isGrouped = plan.isGrouped
        walk = RowWalk(filter, order: plan.order) { try loader.load() }
        try advance()
    }

    override var isAtEnd: Bool { part == .none }

    override var rowID: Int64 { number }

    override func advance() throws {
        number += 1
        scalar = nil
        while true {
            if let samples {
                if nextPart(samples) { return }
            } else if let sample = rest.popFirst() {
                self.sample = sample
                part = .whole
                return
            }
            guard try nextMessage() else {
                part = .none
                return
            }
        }
    }

    /// Moves on within the message of columns; false at its end.
    @inline(__always)
    private func nextPart(_ samples: SampleUnit) -> Bool {
        let place = next
        next += 1
        if place < metricCount {
            metricNumber = place
            part = .metric
            return true
        }
        if place == metricCount, samples.showsStatus, samples.status(row) != nil {
            part = .status
            return true
        }
        if place <= metricCount + 1, samples.mayReplaceAll, samples.replacesAll(row) {
            next = metricCount + 2
            part = .replacement
            return true
        }
        return false
    }

    private func nextMessage() throws -> Bool {
        guard let walk, try walk.advance(), let found = walk.unit else { return false }
        if unit !== found {
            unit = found
            samples = loader?.units[walk.unitNumber]
            metricCount = samples?.metrics.count ?? 0
        }
        row = walk.row
        next = 0
        guard samples == nil else { return true }
        rest = []
        guard let filter, let message = found.message(row) else { return true }
        let device = found.runs[walk.run].device
        rest =
            Sample.samples(of: message).filter { sample in
                if isGrouped, sample.device != device { return false }
                guard filter.wants(device: sample.device) else { return false }
                guard let metric = sample.metric else { return filter.wantsAllMetrics }
                return filter.wants(metric: metric)
            }[...]
        return true
    }

    // MARK: Values

    override func read(_ column: Int, into cell: ResultCell) {
        guard let unit else { return }
        switch column {
        case 0: cell.set(unit.sequence(row))
        case 1: cell.set(Timestamp(nanoseconds: unit.arrival(row)))
        case 2: cell.set(unit.arrival(row))
        case 3: if let time = deviceTime { cell.set(time) }
        case 4: if let time = deviceTime { cell.set(time.nanoseconds) }
        case 5: if let device = device { cell.set(device.text) }
        case 6: if let metric = metric { cell.set(metric) }
        case 7: setValue(cell)
        case 8: if let type { cell.set(type) }
        case 9: if let status { cell.set(status) }
        case 10: cell.set(operation.rawValue)
        case 11: cell.set(unit.session(row))
        default: break
        }
    }

    private func setValue(_ cell: ResultCell) {
        switch part {
        case .metric: cell.set(metricValue)
        case .status: if let status = samples?.status(row) { cell.set(status) }
        case .whole: if let value = sample?.value { cell.set(value) }
        case .replacement, .none: break
        }
    }

    /// The value of a metric, read once for all columns that tell of it.
    private var metricValue: FieldScalar {
        if let scalar { return scalar }
        let read = samples?.metrics[metricNumber].scalar(row) ?? .null
        scalar = read
        return read
    }

    private var type: String? {
        switch part {
        case .metric: metricValue.type
        case .status: "text"
        case .whole: sample?.value?.sqlType ?? (sample?.metric == nil ? nil : "null")
        case .replacement, .none: nil
        }
    }

    private var metric: String? {
        switch part {
        case .metric: samples?.metrics[metricNumber].name
        case .status: "status"
        case .whole: sample?.metric
        case .replacement, .none: nil
        }
    }

    private var device: DeviceID? {
        if part == .whole { return sample?.device }
        guard let walk, let unit else { return nil }
        return unit.runs[walk.run].device
    }

    private var deviceTime: Timestamp? {
        part == .whole ? sample?.deviceTime : samples?.deviceTime(row)
    }

    private var status: String? {
        part == .whole ? sample?.status : samples?.status(row)
    }

    private var operation: SampleOperation {
        switch part {
        case .metric:
            if case .null = metricValue { return .delete }
            return samples?.replaces(row) ?? false ? .replace : .set
        case .status: return samples?.replaces(row) ?? false ? .replace : .set
        case .replacement, .none: return .replace
        case .whole: return sample?.operation ?? .set
        }
    }
}
