import DeviceProtocol
import JSONScan
public import Tape

/// The samples of telemetry messages, one row a metric, in order of arrival.
///
/// - The device of a row is the one that the payload names, else the topic's; in a batch it is the sample's own.
/// - A message with `override` gives its rows the operation ``TelemetryRow/Operation/replace``. Where it has no row of
///   its own to say so, one row without metric says it; where metrics were asked for, only if the window showed one of
///   them for this device before: it is gone now.
/// - A device's status counts as a metric `status` (https://dev.xyte.io/reference/send-telemetry): it has a row of its
///   own when a pattern asks for it, and when nothing was asked for and the message has no metrics. A metric of that
///   name in the payload takes its place; the condition itself stands beside each row.
/// - Redeliveries are left out, and counted.
public struct TelemetryStream {
    /// The reading behind it.
    public var scan: MessageScan
    /// Messages on telemetry topics that hold no telemetry.
    public private(set) var unreadable = 0
    /// Names of metrics that came by and were not asked for; at most 1000.
    public private(set) var otherMetrics: Set<String> = []

    private let metrics: [Glob]
    private let asksForStatus: Bool
    private let devices: DeviceSelection
    /// Devices whose state holds a metric that was asked for, as far as the window tells.
    private var holding: Set<DeviceID?> = []
    private var pending: ArraySlice<TelemetryRow> = []

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
        scan = try MessageScan(tape, wanted, leavesOutDuplicates: true)
        self.metrics = metrics
        asksForStatus = metrics.contains { $0.matches("status") }
        devices = DeviceSelection(selection.devices)
    }

    /// The next row; nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public mutating func next() throws(TapeError) -> TelemetryRow? {
        while pending.isEmpty {
            guard let message = try scan.next() else { return nil }
            let topic = DeviceTopic.parse(message.topic)
            guard devices.mayConcern(message, topic) else { continue }
            pending = rows(message, topic)[...]
        }
        return pending.popFirst()
    }

    private mutating func rows(_ message: RecordedMessage, _ topic: DeviceTopic) -> [TelemetryRow] {
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        var rows: [TelemetryRow] = []
        switch decoded.message {
        case .telemetry(let telemetry): append(telemetry, of: decoded.device, message, to: &rows)
        case .telemetryBatch(let batch):
            for (device, telemetry) in batch {
                append(telemetry, of: telemetry.deviceID ?? device, message, to: &rows)
            }
        default: if devices.contains(topic.device) { unreadable += 1 }
        }
        return rows
    }

    private mutating func append(
        _ telemetry: Telemetry, of device: DeviceID?, _ message: RecordedMessage, to rows: inout [TelemetryRow]
    ) {
        guard devices.contains(device) else { return }
        let present: TelemetryRow.Operation = telemetry.replacesState ? .replace : .set
        var row = TelemetryRow(
            sequence: message.sequence, arrival: message.arrival, deviceTime: telemetry.timestamp.timestamp,
            device: device, status: telemetry.status, operation: present)
        var hasReplaced = false
        var hasOwnStatus = false
        for metric in telemetry.metrics {
            if metric.key.utf8.elementsEqual("status".utf8) { hasOwnStatus = true }
            guard isWanted(metric.key) else { continue }
            row.metric = metric.key
            row.value = metric.value.isNull ? nil : metric.value
            row.operation = metric.value.isNull ? .delete : present
            hasReplaced = hasReplaced || row.operation == .replace
            rows.append(row)
            if !metrics.isEmpty, row.operation != .delete { holding.insert(device) }
        }
        row.operation = present
        if let status = telemetry.status, !hasOwnStatus, asksForStatus || metrics.isEmpty && telemetry.metrics.isEmpty {
            row.metric = "status"
            row.value = .string(status)
            hasReplaced = telemetry.replacesState
            rows.append(row)
        }
        if telemetry.replacesState, !hasReplaced, metrics.isEmpty || holding.remove(device) != nil {
            row.metric = nil
            row.value = nil
            rows.append(row)
        }
    }

    private mutating func isWanted(_ name: String) -> Bool {
        if metrics.isEmpty || metrics.contains(where: { $0.matches(name) }) { return true }
        if otherMetrics.count < 1000 { otherMetrics.insert(name) }
        return false
    }
}
