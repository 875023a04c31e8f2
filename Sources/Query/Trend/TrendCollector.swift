import DeviceProtocol
import JSONScan
import Tape

/// Fills the buckets of a trend.
struct TrendCollector {
    /// What a bucket belongs to.
    private struct Series: Hashable {
        var metric: String
        var device: DeviceID?
    }

    private let query: TrendQuery
    private let devices: DeviceSelection
    private let since: Int64
    private let until: Int64
    private var series: [Series: Int] = [:]
    private var names: [Series] = []
    private var buckets: [[Int64: TrendBucket]] = []
    private var kept = 0
    private var isApproximate = false
    private var others = 0
    private var duplicates = 0
    private var otherMetrics: Set<String> = []
    private var damages: [TapeError] = []

    /// Numbers that are kept exactly, over all buckets.
    private static let exactLimit = 3_000_000

    init(_ query: TrendQuery) {
        self.query = query
        devices = DeviceSelection(query.selection.devices)
        since = query.selection.since?.nanoseconds ?? .min
        until = query.selection.until?.nanoseconds ?? .max
    }

    // MARK: Columns

    /// Reads the sealed part of a tape by its columns.
    mutating func readColumns(_ tape: TapeReader) throws(TapeError) {
        var selection = query.selection
        selection.kinds = [.telemetry]
        // A device may be named by payloads that other devices' topics carry; those are looked at message by message.
        selection.devices = []
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

    /// The slots that matter in a shape; nil where only the whole message tells.
    private struct Plan {
        var timestamp: Int?
        var metrics: [(name: String, slot: Int)] = []
    }

    private mutating func plan(_ shape: PayloadShape) -> Plan? {
        guard let keys = shape.memberKeys, !shape.repeatsKeys, keys.contains("telemetries"),
            !keys.contains("device_id"), !keys.contains("common"), !keys.contains("custom")
        else { return nil }
        var plan = Plan()
        for (index, slot) in shape.slots.enumerated() {
            if slot.path == ["timestamp"] { plan.timestamp = index }
            guard slot.path.count == 2, slot.path[0] == "telemetries" else {
                // The condition counts as a metric of that name.
                if slot.path == ["status"], isWanted("status") { return nil }
                continue
            }
            guard isWanted(slot.path[1]) else { continue }
            if slot.isList { return nil }
            plan.metrics.append((slot.path[1], index))
        }
        return plan
    }

    private mutating func take(_ group: FieldSegment.Group, _ segment: FieldSegment) throws(FieldDamage) {
        guard let plan = plan(group.shape) else {
            for message in try segment.messages(of: group) { take(message) }
            return
        }
        guard !plan.metrics.isEmpty else { return }
        let runs = group.runs.map { run in (run.rows, DeviceTopic.parse(run.topic).device) }
            .filter { devices.contains($0.1) }
        guard !runs.isEmpty else { return }
        let repeats = try segment.duplicates(of: group)
        let isBounded = since > .min || until < .max
        let usesArrival = query.clock == .arrival || plan.timestamp == nil
        let arrivals = isBounded || usesArrival ? try segment.arrivals(of: group) : []
        var times = arrivals
        if !usesArrival, let slot = plan.timestamp {
            times = try deviceTimes(try segment.column(slot, of: group), group, segment, arrivals)
        }
        let (since, until) = (since, until)
        for (name, slot) in plan.metrics {
            let column = try segment.column(slot, of: group)
            for (rows, device) in runs {
                fill(index(of: name, device)) { add in
                    for row in rows {
                        if isBounded, arrivals[row] < since || arrivals[row] >= until { continue }
                        if let repeats, repeats[row] { continue }
                        add(column.double(row), times[row])
                    }
                }
            }
        }
        if let repeats { duplicates += repeats.count { $0 } }
    }

    /// The time that the device states for each row, where it can be believed, else that of arrival.
    private func deviceTimes(
        _ column: FieldColumn, _ group: FieldSegment.Group, _ segment: FieldSegment, _ arrivals: [Int64]
    ) throws(FieldDamage) -> [Int64] {
        var arrivals = arrivals
        var times = [Int64](repeating: 0, count: group.count)
        for run in group.runs where run.isWanted {
            for row in run.rows {
                if let time = column.utc(row), DeviceTime.isSound(time) {
                    times[row] = time.nanoseconds
                    continue
                }
                let stated = column.time(row)
                if stated.isSound, let time = stated.timestamp {
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
    private mutating func fill(_ series: Int, _ body: (_ add: (Double?, Int64) -> Void) -> Void) {
        // Held here and not in the table while numbers are added: that spares a look-up for each of them.
        var bucket = TrendBucket()
        var from = Int64.max
        var until = Int64.min
        var added = 0
        var others = 0
        let every = query.every
        let isApproximate = isApproximate
        var own = buckets[series]
        buckets[series] = [:]
        body { value, time in
            guard let value, value.isFinite else {
                others += 1
                return
            }
            if time < from || time >= until {
                if bucket.count > 0 { own[from] = bucket }
                from = Self.floor(time, every)
                until = from.addingReportingOverflow(every).overflow ? .max : from + every
                bucket = own.removeValue(forKey: from) ?? TrendBucket()
                if isApproximate { bucket.compress() }
            }
            bucket.add(value, at: time)
            added += 1
        }
        if bucket.count > 0 { own[from] = bucket }
        buckets[series] = own
        self.others += others
        kept += added
        if kept > Self.exactLimit, !isApproximate {
            self.isApproximate = true
            for index in buckets.indices {
                for from in buckets[index].keys { buckets[index][from]?.compress() }
            }
        }
    }

    static func floor(_ time: Int64, _ every: Int64) -> Int64 {
        let rest = time % every
        return time &- (rest < 0 ? rest &+ every : rest)
    }

    // MARK: Messages

    /// Reads whole messages.
    mutating func readMessages(_ tape: TapeReader) throws(TapeError) {
        var selection = query.selection
        selection.kinds = [.telemetry]
        selection.devices = []
        let cursor = try tape.messages(selection)
        while let message = try cursor.next() { take(message) }
        damages = cursor.damages
    }

    private mutating func take(_ message: RecordedMessage) {
        guard message.arrival.nanoseconds >= since, message.arrival.nanoseconds < until else { return }
        if message.duplicateOf != nil {
            duplicates += 1
            return
        }
        let topic = DeviceTopic.parse(message.topic)
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
        if query.clock == .device, telemetry.timestamp.isSound, let stated = telemetry.timestamp.timestamp {
            time = stated.nanoseconds
        }
        for metric in telemetry.metrics where isWanted(metric.key) {
            fill(index(of: metric.key, device)) { add in add(metric.value.number?.double, time) }
        }
    }

    // MARK: Series

    private mutating func isWanted(_ name: String) -> Bool {
        if query.metrics.contains(where: { $0.matches(name) }) { return true }
        if otherMetrics.count < 1_000 { otherMetrics.insert(name) }
        return false
    }

    private mutating func index(of metric: String, _ device: DeviceID?) -> Int {
        let key = Series(metric: metric, device: query.byDevice ? device : nil)
        if let known = series[key] { return known }
        series[key] = names.count
        names.append(key)
        buckets.append([:])
        return names.count - 1
    }

    // MARK: Answer

    func answer(gaps: [Gap]) -> TrendAnswer {
        var rows: [TrendRow] = []
        let losses = Losses(gaps)
        let order = names.indices.sorted { first, second in
            if names[first].metric != names[second].metric { return names[first].metric < names[second].metric }
            return (names[first].device?.text ?? "") < (names[second].device?.text ?? "")
        }
        for index in order {
            for (from, bucket) in buckets[index].sorted(by: { $0.key < $1.key }) {
                let (end, overflow) = from.addingReportingOverflow(query.every)
                let until = overflow ? Int64.max : end
                let (median, percentile95) = bucket.percentiles()
                rows.append(
                    TrendRow(
                        metric: names[index].metric, device: names[index].device, from: Timestamp(nanoseconds: from),
                        until: Timestamp(nanoseconds: until), count: bucket.count, minimum: bucket.minimum,
                        maximum: bucket.maximum, average: bucket.average, median: median, percentile95: percentile95,
                        first: bucket.first.value, last: bucket.last.value, coverage: losses.coverage(from..<until)))
            }
        }
        return TrendAnswer(
            rows: rows, others: others, duplicates: duplicates, isApproximate: isApproximate,
            otherMetrics: otherMetrics, damages: damages)
    }
}

/// The stretches of time in which the loss ledger says that messages may be missing.
struct Losses {
    private var stretches: [Range<Int64>] = []

    init(_ gaps: [Gap]) {
        let ranges = gaps.map { gap in
            gap.beganAt.nanoseconds..<max(gap.beganAt.nanoseconds, gap.endedAt?.nanoseconds ?? .max)
        }
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = stretches.last, range.lowerBound <= last.upperBound {
                stretches[stretches.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                stretches.append(range)
            }
        }
    }

    /// The share of a stretch of time that is in none of them.
    func coverage(_ range: Range<Int64>) -> Double {
        var lost = 0.0
        for stretch in stretches where stretch.overlaps(range) {
            let common = stretch.clamped(to: range)
            lost += Double(common.upperBound &- common.lowerBound)
        }
        return max(0, 1 - lost / Double(range.upperBound &- range.lowerBound))
    }
}
