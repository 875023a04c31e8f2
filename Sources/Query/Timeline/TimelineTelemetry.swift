import DeviceProtocol
import JSONScan
import Tape

/// Tells what telemetry changed for a device, and keeps its numbers.
struct TimelineTelemetry {
    /// A value that held from an instant on.
    struct Change {
        var time: Int64
        var value: JSONValue?
    }

    /// What is known of one metric.
    private struct Metric {
        var before = MetricSeries()
        var window = MetricSeries()
        var last: JSONValue?
        /// Whether the window, or the time before, has shown it.
        var isKnown = false
        /// Values that are no numbers, in the window and the last one before.
        var states: [Change] = []
        /// Where the entries of its changes are, in the window.
        var entries: [Int] = []
        var changes = 0
    }

    private(set) var entries: [TimelineEntry] = []
    private(set) var findings = FindingTally()
    /// When telemetry arrived, ns, in the time before and in the window.
    private(set) var arrivals: [Int64] = []
    /// The condition, in the window and the last one before.
    private(set) var conditions: [Change] = []
    /// Messages on telemetry topics that hold no telemetry.
    private(set) var unreadable = 0

    private var metrics: [ByteText: Metric] = [:]
    private var names: [ByteText] = []
    private var kept = 0
    private var clock: [(arrival: Timestamp, deviceTime: Timestamp, sequence: Int64)] = []
    private let device: DeviceID
    private let window: Range<Int64>

    /// Numbers that are kept before every series is thinned.
    private static let numberLimit = 1_000_000
    /// Metrics beyond which further ones are not followed.
    private static let metricLimit = 2_000
    /// Changes of one metric that are told one by one.
    private static let changeLimit = 12

    init(_ device: DeviceID, _ window: Range<Int64>) {
        self.device = device
        self.window = window
    }

    /// Takes the next message, in order of arrival.
    mutating func add(_ message: RecordedMessage) {
        let topic = DeviceTopic.parse(message.topic)
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        let isShown = window.contains(message.arrival.nanoseconds)
        switch decoded.message {
        case .telemetry(let telemetry):
            guard decoded.device == device else { return }
            add(telemetry, message, isShown)
        case .telemetryBatch(let batch):
            let own = batch.filter { ($0.1.deviceID ?? $0.0) == device }
            if own.isEmpty { return }
            for (_, telemetry) in own { add(telemetry, message, isShown) }
        default:
            guard topic.device == device else { return }
            arrivals.append(message.arrival.nanoseconds)
            if isShown { unreadable += 1 }
        }
        if isShown { findings.add(decoded.findings, message, decoded.kind) }
    }

    private mutating func add(_ telemetry: Telemetry, _ message: RecordedMessage, _ isShown: Bool) {
        arrivals.append(message.arrival.nanoseconds)
        if telemetry.timestamp.isSound, let deviceTime = telemetry.timestamp.timestamp {
            clock.append((message.arrival, deviceTime, message.sequence))
            if clock.count > 200_000 { clock.removeFirst(100_000) }
        }
        if telemetry.replacesState { replace(telemetry, message, isShown) }
        condition(telemetry, message, isShown)
        let isStated = telemetry.timestamp.isSound
        let stated = isStated ? telemetry.timestamp.timestamp ?? message.arrival : message.arrival
        for metric in telemetry.metrics { add(metric, message, stated.nanoseconds, isShown) }
        if kept > Self.numberLimit { thin() }
    }

    // MARK: Condition and state

    private mutating func condition(_ telemetry: Telemetry, _ message: RecordedMessage, _ isShown: Bool) {
        guard let status = telemetry.status else { return }
        let value = JSONValue.string(status)
        guard let last = conditions.last else {
            conditions.append(Change(time: message.arrival.nanoseconds, value: value))
            return
        }
        guard last.value != value else { return }
        if !isShown { conditions.removeAll() }
        conditions.append(Change(time: message.arrival.nanoseconds, value: value))
        guard isShown else { return }
        var entry = entry(message, .status)
        let reason = telemetry.message.map { ": \($0)" } ?? ""
        entry.what = "\(last.value?.string ?? "nothing") to \(status)\(reason)"
        entry.from = last.value
        entry.to = value
        entry.weight = TimelineEntry.Weight(status: status)
        entries.append(entry)
    }

    private mutating func replace(_ telemetry: Telemetry, _ message: RecordedMessage, _ isShown: Bool) {
        let present = Set(telemetry.metrics.map { ByteText($0.key) })
        let gone = names.filter { metrics[$0]?.last != nil && !present.contains($0) }
        for name in gone { metrics[name]?.last = nil }
        guard isShown else { return }
        var entry = entry(message, .state)
        entry.what = "the device replaces its whole state (as after a restart)"
        if !gone.isEmpty { entry.what += "; gone: \(TimelineWords.list(gone.map(\.text)))" }
        entry.weight = .notable
        entries.append(entry)
    }

    private func entry(_ message: RecordedMessage, _ event: TimelineEntry.Event) -> TimelineEntry {
        var entry = TimelineEntry(time: message.arrival, event: event, what: "")
        entry.sequence = message.sequence
        entry.direction = .deviceToCloud
        return entry
    }

    // MARK: Metrics

    private mutating func add(
        _ member: JSONMember, _ message: RecordedMessage, _ stated: Int64, _ isShown: Bool
    ) {
        let name = ByteText(member.key)
        if metrics[name] == nil {
            guard names.count < Self.metricLimit else { return }
            names.append(name)
            metrics[name] = Metric()
        }
        let value = member.value.isNull ? nil : member.value
        let time = message.arrival.nanoseconds
        guard var metric = metrics.updateValue(Metric(), forKey: name) else { return }
        let last = metric.last
        let wasKnown = metric.isKnown
        metric.isKnown = true
        metric.last = value
        if let number = value?.number?.double, number.isFinite {
            kept += 1
            if isShown {
                metric.window.add(number, at: time, stated: stated)
            } else {
                metric.before.add(number, at: time, stated: stated)
            }
        }
        let isNumber = value?.number != nil
        if !isNumber || last.map({ $0.number == nil }) ?? false {
            if last != value || !wasKnown {
                if !isShown { metric.states.removeAll() }
                if metric.states.count < 1_000 { metric.states.append(Change(time: time, value: value)) }
                if isShown, wasKnown || value == nil { tell(&metric, member.key, last, value, message) }
            }
        }
        metrics[name] = metric
    }

    private mutating func tell(
        _ metric: inout Metric, _ name: String, _ last: JSONValue?, _ value: JSONValue?, _ message: RecordedMessage
    ) {
        metric.changes += 1
        if metric.changes > Self.changeLimit {
            // Too many to tell: the first entry sums them up.
            guard let first = metric.entries.first else { return }
            for place in metric.entries.dropFirst() { entries[place].what = "" }
            metric.entries = [first]
            entries[first].until = message.arrival
            entries[first].count = metric.changes
            entries[first].to = value
            entries[first].what =
                "\(TimelineWords.name(name)) changes \(metric.changes) times, at last to \(TimelineWords.value(value))"
            return
        }
        var entry = entry(message, .metric)
        entry.subject = name
        entry.from = last
        entry.to = value
        entry.weight = .notable
        let before = last.map { "\(TimelineWords.value($0)) to " } ?? "there again as "
        entry.what =
            value == nil
            ? "\(TimelineWords.name(name)) is removed (was \(TimelineWords.value(last)))"
            : "\(TimelineWords.name(name)): \(before)\(TimelineWords.value(value))"
        metric.entries.append(entries.count)
        entries.append(entry)
    }

    private mutating func thin() {
        kept = 0
        for name in names {
            metrics[name]?.before.thin()
            metrics[name]?.window.thin()
            kept += (metrics[name]?.before.values.count ?? 0) + (metrics[name]?.window.values.count ?? 0)
        }
    }

    // MARK: Answers

    /// The metrics that moved, the furthest first.
    var moved: [MovedMetric] {
        names.compactMap { name in
            metrics[name].flatMap { MovedMetric(name.text, before: $0.before, window: $0.window) }
        }
        .sorted { $0.score == $1.score ? $0.metric < $1.metric : $0.score > $1.score }
    }

    /// The numbers of a metric, those before the window first.
    func series(_ name: String) -> MetricSeries {
        guard let metric = metrics[ByteText(name)] else { return MetricSeries() }
        var series = metric.before
        series.append(metric.window)
        return series
    }

    /// The values of each metric that changed in the window and is no number, in order of first sight.
    var states: [(name: String, changes: [Change])] {
        names.compactMap { name in
            guard let metric = metrics[name], metric.changes > 0 else { return nil }
            return (name.text, metric.states)
        }
    }

    /// Counters that began anew in the window.
    var resets: [TimelineEntry] {
        names.flatMap { name -> [TimelineEntry] in
            guard let metric = metrics[name], metric.before.isCounter else { return [] }
            let resets = metric.window.resets(after: metric.before.last).prefix(Self.changeLimit)
            return resets.map { before, index in
                let time = Timestamp(nanoseconds: metric.window.times[index])
                var entry = TimelineEntry(time: time, event: .metric, what: "")
                let value = metric.window.values[index]
                entry.subject = name.text
                entry.from = JSONNumber(before).map(JSONValue.number)
                entry.to = JSONNumber(value).map(JSONValue.number)
                entry.what =
                    "\(TimelineWords.name(name.text)) begins anew: from \(TimelineWords.number(before)) to \(TimelineWords.number(value))"
                entry.weight = .notable
                return entry
            }
        }
    }

    /// What the device's clock did in the window.
    ///
    /// - Parameter period: the time between two messages, ns.
    /// - Returns: jumps, and messages that came late.
    func clockEvents(period: Int64?) -> [TimelineEntry] {
        var watch = DeviceClock(period: period ?? 0)
        for reading in clock {
            watch.add(arrival: reading.arrival, deviceTime: reading.deviceTime, sequence: reading.sequence)
        }
        watch.finish()
        return watch.events.compactMap { event in
            switch event {
            case .jump(let time, let from, let to, let sequence):
                guard window.contains(time.nanoseconds) else { return nil }
                var entry = TimelineEntry(time: time, event: .clock, what: "")
                let change = to &- from
                entry.what =
                    "the device's clock jumps \(change < 0 ? "back" : "ahead") by "
                    + "\(TimelineWords.duration(Int64(clamping: change.magnitude))): it is now "
                    + "\(TimelineWords.duration(Int64(clamping: to.magnitude))) \(to < 0 ? "behind" : "ahead of") ours"
                entry.sequence = sequence
                entry.weight = .notable
                return entry
            case .late(let from, let until, let count, let most, let sequence):
                guard until.nanoseconds >= window.lowerBound, from.nanoseconds < window.upperBound else { return nil }
                var entry = TimelineEntry(time: from, event: .late, what: "")
                entry.until = until
                entry.count = count
                entry.what =
                    "\(count == 1 ? "a message comes" : "\(count) messages come") "
                    + "up to \(TimelineWords.duration(most)) late: the device had held back what it measured"
                entry.sequence = sequence
                entry.weight = .notable
                return entry
            }
        }
    }

    /// The entries, but for those that others sum up.
    var told: [TimelineEntry] { entries.filter { !$0.what.isEmpty } + resets }
}
