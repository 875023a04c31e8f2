public import DeviceProtocol
import JSONScan
public import Tape

/// The samples of telemetry messages, one a metric, in order of arrival, read by columns where the tape has them.
///
/// - The device of a sample is the one that the payload names, else the topic's; in a batch it is the sample's own.
/// - A message with `override` gives its samples the operation ``TelemetryRow/Operation/replace``. Where it has no sample
///   of its own to say so, one without metric says it; where metrics were asked for, only if the window showed one of
///   them for this device before: it is gone now.
/// - A device's status counts as a metric `status` (https://dev.xyte.io/reference/send-telemetry): it is a sample of its
///   own when a pattern asks for it, and when nothing was asked for and the message has no metrics. A metric of that
///   name in the payload takes its place; the condition itself stands beside each sample.
/// - Redeliveries are left out, and counted.
public struct SampleScan: GrowingScan {
    /// Messages left out because they are redeliveries of others on the tape.
    public private(set) var duplicates = 0
    /// Messages on telemetry topics that hold no telemetry.
    public private(set) var unreadable = 0
    /// Names of metrics that came by and were not asked for; at most 1000.
    public private(set) var otherMetrics: Set<String> = []
    /// The devices that samples name by number.
    public private(set) var devices: [DeviceID] = []

    private let selection: Selection
    private let patterns: [Glob]
    private let asksForStatus: Bool
    private let wantedDevices: DeviceSelection
    private var deviceNumbers: [DeviceID: Int] = [:]
    private var metricNames = NameList()
    private var conditionNames = NameList()
    /// By number: whether the device's state holds a metric that was asked for, as far as the window tells.
    private var holding: [Bool] = []

    private var fields: FieldScan?
    /// The segment that is being read, and the numbers up to which it was.
    private var segment: (segment: FieldSegment, readThrough: Int64)?
    /// Messages of a segment to be read at once: few at first, so that the first sample comes soon.
    private var stride = 2048
    private var tape: TapeReader?
    private var last: Int64 = 0
    private var earlierDamages: [TapeError] = []
    private var block = SampleBlock()
    private var pending: ArraySlice<TelemetrySample> = []

    /// Begins with the first selected message.
    ///
    /// - Parameters:
    ///   - tape: the tape.
    ///   - selection: which messages; its devices are those that samples are about, its kinds do not matter.
    ///   - metrics: patterns, one of which a metric's name must fit; none for all metrics.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public init(_ tape: TapeReader, _ selection: Selection, metrics: [Glob]) throws(TapeError) {
        var wanted = selection
        wanted.kinds = [.telemetry]
        wanted.mayConcernDevices = { $0.mayNameDevice }
        // Left out here, so that they can be counted.
        wanted.includesDuplicates = true
        self.selection = wanted
        self.tape = tape
        patterns = metrics
        asksForStatus = metrics.contains { $0.matches("status") }
        wantedDevices = DeviceSelection(selection.devices)
        fields = try tape.fields(wanted)
    }

    /// The metrics that samples name by number.
    public var metrics: [String] { metricNames.names }
    /// The conditions that samples name by number.
    public var conditions: [String] { conditionNames.names }
    /// Parts of the tape that could not be read, as far as the scan has come.
    public var damages: [TapeError] { earlierDamages + (fields?.damages ?? []) }

    /// The next sample; nil at the end of what the tape held when its view was taken.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public mutating func next() throws(TapeError) -> TelemetrySample? {
        while true {
            if let sample = pending.popFirst() { return sample }
            switch block.next() {
            case .sample(let sample, let holder):
                if !patterns.isEmpty, sample.operation != .delete, let holder { holding[holder] = true }
                return sample
            case .message(let message): pending = samples(message)[...]
            case nil: guard try load() else { return nil }
            }
        }
    }

    // MARK: Growing tapes

    /// Lets go of the tape at the end of its view, so that the reader may move on or be opened anew.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public mutating func suspend() throws(TapeError) {
        guard let tape else { return }
        last = max(last, try tape.lastSequence())
        earlierDamages = damages
        fields = nil
        segment = nil
        self.tape = nil
    }

    /// Goes on behind the last message that was there before.
    ///
    /// - Parameter tape: the same tape in a newer view.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public mutating func resume(on tape: TapeReader) throws(TapeError) {
        self.tape = tape
        fields = try tape.fields(selection, after: last)
    }

    // MARK: Blocks

    /// More than any segment holds.
    private static let wholeSegment = 1 << 30

    /// Takes up the next part of the tape; false at its end.
    private mutating func load() throws(TapeError) -> Bool {
        block = SampleBlock()
        guard let fields else { return false }
        if let (segment, readThrough) = segment {
            load(segment, after: readThrough)
            return true
        }
        switch try fields.next() {
        case nil: return false
        case .messages(let messages): block.take(messages.filter { $0.sequence > last })
        case .segment(let segment): load(segment, after: segment.firstSequence &- 1)
        }
        return true
    }

    /// Takes up the next part of a segment.
    private mutating func load(_ segment: FieldSegment, after readThrough: Int64) {
        let end = segment.firstSequence &+ Int64(segment.count)
        let numbers = (readThrough &+ 1)..<max(readThrough &+ 1, min(end, readThrough &+ 1 &+ Int64(stride)))
        // What comes after the first part is mostly wanted too: columns are not restored again and again.
        stride = Self.wholeSegment
        do throws(FieldDamage) {
            for group in segment.groups { try load(group, segment, numbers) }
            block.order(from: numbers.lowerBound, count: numbers.count)
            self.segment = numbers.upperBound < end ? (segment, numbers.upperBound &- 1) : nil
        } catch {
            block = SampleBlock()
            self.segment = nil
            fields?.note(error, in: segment)
        }
    }

    private mutating func load(
        _ group: FieldSegment.Group, _ segment: FieldSegment, _ numbers: Range<Int64>
    ) throws(FieldDamage) {
        guard let columns = TelemetryColumns(group.shape), !columns.nested.contains(where: isWanted) else {
            guard let only = try wanted(group, segment, numbers) else { return }
            return block.take(try segment.messages(of: group, numbered: true, only: only))
        }
        var wanted: [TelemetryColumns.Metric] = []
        for metric in columns.metrics where takes(metric.name) { wanted.append(metric) }
        for name in columns.nested { _ = takes(name) }
        let hasOwnStatus = columns.nested.contains("status") || columns.metrics.contains { $0.name == "status" }
        let showsStatus =
            columns.status != nil && !hasOwnStatus
            && (asksForStatus || patterns.isEmpty && columns.metrics.isEmpty && columns.nested.isEmpty)
        let isNeeded = !wanted.isEmpty || showsStatus
        let repeats = try segment.duplicates(of: group)
        guard isNeeded || repeats != nil else { return }
        let rows = try rows(group, segment, numbers, repeats)
        guard isNeeded, !rows.isEmpty else { return }
        var flags = [Bool](repeating: false, count: group.count)
        for row in rows { flags[row.row] = true }
        let needed = rows.count == group.count ? nil : flags
        let samples = SampleGroup(arrivals: try segment.arrivals(of: group), showsStatus: showsStatus)
        if let slot = columns.timestamp {
            let column = try segment.column(slot, of: group)
            samples.deviceTimes = [Int64](repeating: SampleGroup.noTime, count: group.count)
            for row in rows {
                samples.deviceTimes[row.row] = column.deviceTime(row.row)?.nanoseconds ?? SampleGroup.noTime
            }
        }
        if let slot = columns.status {
            let texts = try segment.column(slot, of: group).texts(rows: group.count, wanted: needed)
            samples.conditions = conditions(texts, rows, count: group.count)
            samples.conditionTexts = texts
        }
        for metric in wanted {
            samples.metrics.append(
                (
                    metricNames.number(of: metric.name),
                    try segment.column(metric.slot, of: group).texts(rows: group.count, wanted: needed)
                ))
        }
        if showsStatus { samples.statusMetric = metricNames.number(of: "status") }
        block.take(samples, rows)
    }

    /// For each row whether its message is wanted; nil where none is.
    private func wanted(
        _ group: FieldSegment.Group, _ segment: FieldSegment, _ numbers: Range<Int64>
    ) throws(FieldDamage) -> [Bool]? {
        let sequences = try segment.sequences(of: group)
        let moments = selection.restrictsParts ? try segment.moments(of: group) : nil
        var wanted = [Bool](repeating: false, count: group.count)
        var isEmpty = true
        for run in group.runs where run.isWanted {
            for row in run.rows where isWanted(row, sequences[row], numbers, moments) {
                wanted[row] = true
                isEmpty = false
            }
        }
        return isEmpty ? nil : wanted
    }

    private func isWanted(_ row: Int, _ sequence: Int64, _ numbers: Range<Int64>, _ moments: FieldMoments?) -> Bool {
        guard numbers.contains(sequence), sequence > last else { return false }
        guard let moments else { return true }
        return selection.matches(arrival: moments.arrivals[row], session: moments.session(row))
    }

    /// The rows that are wanted, and what they are about.
    private mutating func rows(
        _ group: FieldSegment.Group, _ segment: FieldSegment, _ numbers: Range<Int64>, _ repeats: [Bool]?
    ) throws(FieldDamage) -> [SampleBlock.Row] {
        let sequences = try segment.sequences(of: group)
        let moments = selection.restrictsParts ? try segment.moments(of: group) : nil
        var rows: [SampleBlock.Row] = []
        for run in group.runs where run.isWanted {
            let device = DeviceTopic.parse(run.topic).device
            let number = device.map { self.number(of: $0) }
            for row in run.rows where isWanted(row, sequences[row], numbers, moments) {
                if let repeats, repeats[row] {
                    duplicates += 1
                } else {
                    rows.append(SampleBlock.Row(sequence: sequences[row], row: row, device: number))
                }
            }
        }
        return rows
    }

    /// The number of the condition that each row states; -1 for none.
    private mutating func conditions(_ texts: FieldTexts, _ rows: [SampleBlock.Row], count: Int) -> [Int32] {
        var numbers = [Int32](repeating: -1, count: count)
        // Equal texts mostly share their place.
        var known: (place: Range<Int>, number: Int32) = (-1 ..< -1, -1)
        for row in rows {
            let place = texts[row.row]
            if place != known.place {
                var number: Int32 = -1
                if let text = Self.string(texts.bytes[place]) {
                    number = Int32(truncatingIfNeeded: conditionNames.number(of: text))
                }
                known = (place, number)
            }
            numbers[row.row] = known.number
        }
        return numbers
    }

    /// What a JSON string says; nil for anything else.
    private static func string(_ literal: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard literal.count >= 2, literal.first == UInt8(ascii: "\"") else { return nil }
        if !literal.contains(UInt8(ascii: "\\")) { return literal.dropFirst().dropLast() }
        return (try? JSONValue.parse(Array(literal).span))?.string.map { Array($0.utf8)[...] }
    }

    private mutating func number(of device: DeviceID) -> Int {
        if let known = deviceNumbers[device] { return known }
        deviceNumbers[device] = devices.count
        devices.append(device)
        holding.append(false)
        return devices.count - 1
    }

    private func isWanted(_ name: String) -> Bool {
        patterns.isEmpty || patterns.contains { $0.matches(name) }
    }

    /// Whether a metric is wanted; one that is not is remembered.
    private mutating func takes(_ name: String) -> Bool {
        if isWanted(name) { return true }
        if otherMetrics.count < 1000 { otherMetrics.insert(name) }
        return false
    }

    // MARK: Messages

    private mutating func samples(_ message: RecordedMessage) -> [TelemetrySample] {
        let topic = DeviceTopic.parse(message.topic)
        guard message.duplicateOf == nil else {
            if wantedDevices.concerns(message, topic) { duplicates += 1 }
            return []
        }
        guard wantedDevices.mayConcern(message, topic) else { return [] }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        var samples: [TelemetrySample] = []
        switch decoded.message {
        case .telemetry(let telemetry): append(telemetry, of: decoded.device, message, to: &samples)
        case .telemetryBatch(let batch):
            for (device, telemetry) in batch {
                append(telemetry, of: telemetry.deviceID ?? device, message, to: &samples)
            }
        default: if wantedDevices.contains(topic.device) { unreadable += 1 }
        }
        return samples
    }

    private mutating func append(
        _ telemetry: Telemetry, of device: DeviceID?, _ message: RecordedMessage, to samples: inout [TelemetrySample]
    ) {
        guard wantedDevices.contains(device) else { return }
        let present: TelemetryRow.Operation = telemetry.replacesState ? .replace : .set
        let number = device.map { self.number(of: $0) }
        var sample = TelemetrySample(
            sequence: message.sequence, arrival: message.arrival.nanoseconds,
            deviceTime: telemetry.timestamp.timestamp?.nanoseconds, device: number,
            condition: telemetry.status.map { conditionNames.number(of: $0) }, operation: present, value: 0..<0,
            bytes: [])
        var hasReplaced = false
        var hasOwnStatus = false
        for metric in telemetry.metrics {
            if metric.key.utf8.elementsEqual("status".utf8) { hasOwnStatus = true }
            guard takes(metric.key) else { continue }
            sample.metric = metricNames.number(of: metric.key)
            sample.operation = metric.value.isNull ? .delete : present
            sample.set(metric.value.isNull ? nil : metric.value)
            hasReplaced = hasReplaced || sample.operation == .replace
            samples.append(sample)
            if !patterns.isEmpty, sample.operation != .delete, let number { holding[number] = true }
        }
        sample.operation = present
        if let status = telemetry.status, !hasOwnStatus, asksForStatus || patterns.isEmpty && telemetry.metrics.isEmpty
        {
            sample.metric = metricNames.number(of: "status")
            sample.set(.string(status))
            hasReplaced = telemetry.replacesState
            samples.append(sample)
        }
        guard telemetry.replacesState, !hasReplaced else { return }
        let held = number.map { holding[$0] } ?? false
        guard patterns.isEmpty || held else { return }
        if let number { holding[number] = false }
        sample.metric = nil
        sample.set(nil)
        samples.append(sample)
    }
}

extension TelemetrySample {
    fileprivate mutating func set(_ value: JSONValue?) {
        var text: [UInt8] = []
        value?.appendJSON(to: &text)
        bytes = text
        self.value = 0..<text.count
    }
}

extension FieldColumn {
    /// A row's value as the instant that a device states.
    func deviceTime(_ row: Int) -> Timestamp? { utc(row) ?? time(row).timestamp }
}
