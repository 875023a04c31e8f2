import DeviceProtocol
import JSONScan
import Tape

/// Fills the buckets of a trend, by columns where the tape has them.
struct TrendCollector {
    private let query: TrendQuery
    private let labels: DeviceLabels?
    /// Whether the order of arrival is looked up for each number.
    private let isOrdered: Bool
    private let devices: DeviceSelection
    private let since: Int64
    private let until: Int64
    private var series = TrendSeriesList()
    private var buckets: [[Int64: (until: Int64, bucket: TrendBucket)]] = []
    private var kept = 0
    private var isApproximate = false
    private var others = 0
    private var duplicates = 0
    private var otherMetrics: Set<String> = []
    private var damages: [TapeError] = []

    /// Numbers that are kept exactly, over all buckets.
    private static let exactLimit = 3_000_000

    init(_ query: TrendQuery, _ labels: DeviceLabels?, isOrdered: Bool) {
        self.query = query
        self.labels = labels
        self.isOrdered = isOrdered
        devices = DeviceSelection(query.selection.devices)
        since = query.selection.since?.nanoseconds ?? .min
        until = query.selection.until?.nanoseconds ?? .max
    }

    /// Whether the first or the last number of a bucket is a matter of the order of arrival that was not looked up.
    var hasTies: Bool {
        !isOrdered && buckets.contains { $0.values.contains { $0.bucket.first.isTied || $0.bucket.last.isTied } }
    }

    /// Reads a tape.
    mutating func read(_ tape: TapeReader) throws(TapeError) {
        var selection = query.selection
        selection.kinds = [.telemetry]
        selection.mayConcernDevices = { $0.mayNameDevice }
        let scan = try tape.fields(selection)
        while let part = try scan.next() {
            switch part {
            case .messages(let messages): for message in messages { take(message) }
            case .segment(let segment):
                do throws(FieldDamage) {
                    for group in segment.groups { try take(group, segment) }
                } catch {
                    scan.note(error, in: segment)
                }
            }
        }
        damages = scan.damages
    }

    // MARK: Columns

    private mutating func take(_ group: FieldSegment.Group, _ segment: FieldSegment) throws(FieldDamage) {
        guard let columns = TelemetryColumns(group.shape) else {
            for message in try segment.messages(of: group, numbered: isOrdered) { take(message) }
            return
        }
        var metrics: [TelemetryColumns.Metric] = []
        for metric in columns.metrics where isWanted(metric.name) { metrics.append(metric) }
        var nested = 0
        for name in columns.nested where isWanted(name) { nested += 1 }
        let repeats = try segment.duplicates(of: group)
        if let repeats { try count(repeats, group, segment) }
        guard !metrics.isEmpty || nested > 0 else { return }
        let sessions = query.selection.sessions.isEmpty ? nil : try segment.moments(of: group)
        let isBounded = since > .min || until < .max
        let usesArrival = query.clock == .arrival || columns.timestamp == nil
        let arrivals = isBounded || usesArrival ? try segment.arrivals(of: group) : []
        let orders = isOrdered ? try segment.sequences(of: group) : []
        var times = arrivals
        if !usesArrival, let slot = columns.timestamp {
            times = try deviceTimes(try segment.column(slot, of: group), group, segment, arrivals)
        }
        let (since, until, wanted) = (since, until, query.selection.sessions)
        let stretches = stretches(group, orders)
        func leavesOut(_ row: Int) -> Bool {
            if isBounded, arrivals[row] < since || arrivals[row] >= until { return true }
            if let sessions, !wanted.contains(sessions.session(row)) { return true }
            return repeats?[row] ?? false
        }
        if nested > 0 { for (rows, _, _) in stretches { others += nested * rows.count { !leavesOut($0) } } }
        for metric in metrics {
            let column = try segment.column(metric.slot, of: group)
            for (rows, device, label) in stretches {
                fill(index(of: metric.name, device, label)) { add in
                    for row in rows where !leavesOut(row) {
                        add(column.double(row), times[row], orders.isEmpty ? 0 : orders[row])
                    }
                }
            }
        }
    }

    /// Counts the redeliveries among the wanted messages of a group.
    private mutating func count(
        _ repeats: [Bool], _ group: FieldSegment.Group, _ segment: FieldSegment
    ) throws(FieldDamage) {
        let moments = try segment.moments(of: group)
        let sessions = query.selection.sessions
        for run in group.runs where run.isWanted {
            duplicates += run.rows.count { row in
                repeats[row] && moments.arrivals[row] >= since && moments.arrivals[row] < until
                    && (sessions.isEmpty || sessions.contains(moments.session(row)))
            }
        }
    }

    /// The wanted rows, cut where device or label change.
    private func stretches(
        _ group: FieldSegment.Group, _ orders: [Int64]
    ) -> [(rows: Range<Int>, device: DeviceID?, label: String?)] {
        var stretches: [(rows: Range<Int>, device: DeviceID?, label: String?)] = []
        for run in group.runs where run.isWanted {
            let device = DeviceTopic.parse(run.topic).device
            if let labels {
                for (rows, label) in labels.stretches(of: device, orders[run.rows]) {
                    stretches.append((rows, device, label))
                }
            } else {
                stretches.append((run.rows, device, nil))
            }
        }
        return stretches
    }

    /// The time that the device states for each row, where it can be believed, else that of arrival.
    private func deviceTimes(
        _ column: FieldColumn, _ group: FieldSegment.Group, _ segment: FieldSegment, _ arrivals: [Int64]
    ) throws(FieldDamage) -> [Int64] {
        var arrivals = arrivals
        var times = [Int64](repeating: 0, count: group.count)
        for run in group.runs where run.isWanted {
            for row in run.rows {
                if let time = column.deviceTime(row), DeviceTime.isSound(time) {
                    times[row] = time.nanoseconds
                } else {
                    if arrivals.isEmpty { arrivals = try segment.arrivals(of: group) }
                    times[row] = arrivals[row]
                }
            }
        }
        return times
    }

    /// Adds the numbers of one series that `body` gives; bucket by bucket, since they mostly come in order of time.
    @inline(__always)
    private mutating func fill(_ series: Int, _ body: (_ add: (Double?, Int64, Int64) -> Void) -> Void) {
        // Held here and not in the table while numbers are added: that spares a look-up for each of them.
        var bucket = TrendBucket()
        var range: Range<Int64> = .max ..< .max
        var added = 0
        var others = 0
        let grid = query.grid
        let isApproximate = isApproximate
        var own = buckets[series]
        buckets[series] = [:]
        body { value, time, order in
            guard let value, value.isFinite else {
                others += 1
                return
            }
            if !range.contains(time) {
                if bucket.count > 0 { own[range.lowerBound] = (range.upperBound, bucket) }
                range = grid.bucket(of: time)
                bucket = own.removeValue(forKey: range.lowerBound)?.bucket ?? TrendBucket()
                if isApproximate { bucket.compress() }
            }
            bucket.add(value, at: time, order: order)
            added += 1
        }
        if bucket.count > 0 { own[range.lowerBound] = (range.upperBound, bucket) }
        buckets[series] = own
        self.others += others
        kept += added
        if kept > Self.exactLimit, !isApproximate {
            self.isApproximate = true
            for index in buckets.indices {
                for from in buckets[index].keys { buckets[index][from]?.bucket.compress() }
            }
        }
    }

    // MARK: Messages

    private mutating func take(_ message: RecordedMessage) {
        guard message.arrival.nanoseconds >= since, message.arrival.nanoseconds < until,
            query.selection.sessions.isEmpty || query.selection.sessions.contains(message.session)
        else { return }
        let topic = DeviceTopic.parse(message.topic)
        if message.duplicateOf != nil {
            if devices.concerns(message, topic) { duplicates += 1 }
            return
        }
        guard devices.mayConcern(message, topic) else { return }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        switch decoded.message {
        case .telemetry(let telemetry): take(telemetry, decoded.device, message)
        case .telemetryBatch(let batch):
            for (device, telemetry) in batch { take(telemetry, telemetry.deviceID ?? device, message) }
        default: break
        }
    }

    private mutating func take(_ telemetry: Telemetry, _ device: DeviceID?, _ message: RecordedMessage) {
        guard devices.contains(device) else { return }
        var time = message.arrival.nanoseconds
        if query.clock.isDevice(telemetry.timestamp.timestamp), let stated = telemetry.timestamp.timestamp {
            time = stated.nanoseconds
        }
        let label = labels?.label(of: device, at: message.sequence)
        for metric in telemetry.metrics where isWanted(metric.key) {
            fill(index(of: metric.key, device, label)) { add in
                add(metric.value.number?.double, time, message.sequence)
            }
        }
    }

    // MARK: Series

    private mutating func isWanted(_ name: String) -> Bool {
        if query.metrics.contains(where: { $0.matches(name) }) { return true }
        if otherMetrics.count < 1_000 { otherMetrics.insert(name) }
        return false
    }

    private mutating func index(of metric: String, _ device: DeviceID?, _ label: String?) -> Int {
        let index = series.index(of: metric, query.grouping == .device ? device : nil, label)
        if index == buckets.count { buckets.append([:]) }
        return index
    }

    // MARK: Answer

    func answer(_ losses: Losses) -> TrendAnswer {
        let filled = buckets.indices.filter { !buckets[$0].isEmpty }
        var chosen = filled
        if query.top > 0, filled.count > query.top {
            let averages = filled.map { index in
                var sum = ExactSum()
                for (_, entry) in buckets[index] { sum.add(entry.bucket.sum) }
                return (index, sum.divided(by: Double(buckets[index].values.reduce(0) { $0 + $1.bucket.count })))
            }
            chosen = averages.sorted { $0.1 > $1.1 }.prefix(query.top).map(\.0)
        }
        var rows: [TrendRow] = []
        for index in series.sorted(chosen) {
            for (from, entry) in buckets[index].sorted(by: { $0.key < $1.key }) {
                rows.append(row(series[index], from..<entry.until, entry.bucket, losses))
            }
        }
        return TrendAnswer(
            rows: rows, others: others, duplicates: duplicates, isApproximate: isApproximate,
            seriesLeftOut: filled.count - chosen.count, otherMetrics: otherMetrics, damages: damages)
    }

    private func row(
        _ series: TrendSeriesList.Series, _ range: Range<Int64>, _ bucket: TrendBucket, _ losses: Losses
    ) -> TrendRow {
        let quantiles = bucket.quantiles([.median, .percentile95] + query.quantiles)
        return TrendRow(
            metric: series.metric, device: series.device, group: series.label,
            from: Timestamp(nanoseconds: range.lowerBound), until: Timestamp(nanoseconds: range.upperBound),
            count: bucket.count, minimum: bucket.minimum, maximum: bucket.maximum, sum: bucket.sum,
            average: bucket.average, deviation: query.countsDeviation ? bucket.deviation : nil, median: quantiles[0],
            percentile95: quantiles[1],
            quantiles: Array(quantiles.dropFirst(2)), first: bucket.first.value, last: bucket.last.value,
            coverage: losses.coverage(range))
    }
}
