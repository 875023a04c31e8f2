import DeviceProtocol
import JSONScan
import Tape

/// What is kept of a device while its messages go by: a fixed amount.
struct DeviceTally {
    private let device: DeviceID
    private let firstSeen: Timestamp
    private var lastSeen: Timestamp
    private var messages = 0
    private var status: String?
    private var firmware: String?
    private var model: String?
    private var skew = SampledMedian()
    private var period = SampledMedian()
    private var lastSample: (monotonic: Int64, session: Int64)?
    private var lastTimed: (device: Int64, arrival: Int64)?

    init(_ device: DeviceID, _ message: RecordedMessage) {
        self.device = device
        firstSeen = message.arrival
        lastSeen = message.arrival
    }

    mutating func count(_ message: RecordedMessage) {
        messages += 1
        lastSeen = max(lastSeen, message.arrival)
    }

    mutating func take(_ telemetry: Telemetry, _ message: RecordedMessage) {
        status = telemetry.status ?? Self.text("status", in: telemetry) ?? status
        for key in Self.firmwareKeys { firmware = Self.text(key, in: telemetry) ?? firmware }
        for key in Self.modelKeys { model = Self.text(key, in: telemetry) ?? model }
        if let last = lastSample, last.session == message.session { period.add(message.monotonic &- last.monotonic) }
        lastSample = (message.monotonic, message.session)
        if telemetry.timestamp.isSound, let time = telemetry.timestamp.timestamp, !message.retain {
            takeTime(time.nanoseconds, arrival: message.arrival.nanoseconds)
        }
    }

    mutating func take(_ update: DeviceUpdate) {
        firmware = update.firmwareVersion ?? firmware
        model = update.subModel ?? model
    }

    var row: DeviceRow {
        DeviceRow(
            device: device, firstSeen: firstSeen, lastSeen: lastSeen, messages: messages, status: status,
            firmware: firmware, model: model, clockSkew: skew.median, period: period.median)
    }

    /// Samples that were held back arrive late, and then in quicker succession than they were taken.
    private mutating func takeTime(_ time: Int64, arrival: Int64) {
        defer { lastTimed = (time, arrival) }
        if let last = lastTimed {
            let taken = time &- last.device
            let arrived = arrival &- last.arrival
            let isCatchingUp = taken > 500_000_000 && arrived < taken / 4
            let isLate = arrived &- taken > 60_000_000_000
            if isCatchingUp || isLate { return }
        }
        skew.add(time &- arrival)
    }

    /// Metrics by which devices name their firmware and model; no documentation fixes them.
    private static let firmwareKeys = ["fw", "fw_version", "firmware", "firmware_version"]
    private static let modelKeys = ["model", "device_model"]

    private static func text(_ key: String, in telemetry: Telemetry) -> String? {
        for metric in telemetry.metrics.reversed() where metric.key.utf8.elementsEqual(key.utf8) {
            return metric.value.string ?? metric.value.number?.text
        }
        return nil
    }
}
