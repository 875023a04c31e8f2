import DeviceProtocol
import Tape

/// What is kept of a device while its messages go by: a fixed amount.
struct DeviceTally {
    private let device: DeviceID
    private var firstSeen: Timestamp
    private var lastSeen: Timestamp
    private var messages = 0
    private var status: String?
    private var firmware: String?
    private var model: String?
    private var samples = DeviceSamples()
    private var kinds: [MessageKind: Int] = [:]

    init(_ device: DeviceID, _ message: RecordedMessage) {
        self.device = device
        firstSeen = message.arrival
        lastSeen = message.arrival
    }

    mutating func count(_ message: RecordedMessage, _ kind: MessageKind) {
        messages += 1
        kinds[kind, default: 0] += 1
        firstSeen = min(firstSeen, message.arrival)
        lastSeen = max(lastSeen, message.arrival)
    }

    mutating func take(_ word: DeviceWord) {
        status = word.status ?? status
        firmware = word.firmware ?? firmware
        model = word.model ?? model
        if let sample = word.sample { samples.append(sample) }
    }

    var row: DeviceRow {
        let skew = samples.skew
        return DeviceRow(
            device: device, firstSeen: firstSeen, lastSeen: lastSeen, messages: messages, status: status,
            firmware: firmware, model: model, clockSkew: skew?.median, period: samples.period,
            worstClockSkew: skew?.worst, clockOutliers: skew?.outliers, kinds: kinds)
    }
}
