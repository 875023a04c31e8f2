import DeviceProtocol
import Tape

/// What is known of a device while its messages go by from the newest to the oldest.
struct RecentDevice {
    /// What may be found further back.
    struct Needs {
        var samples = false
        var status = false
        var firmware = false
        var model = false

        var isAny: Bool { samples || status || firmware || model }

        /// How many devices need what.
        struct Counts {
            var samples = 0
            var status = 0
            var firmware = 0
            var model = 0

            mutating func add(_ needs: Needs) { add(needs, 1) }
            mutating func remove(_ needs: Needs) { add(needs, -1) }

            private mutating func add(_ needs: Needs, _ sign: Int) {
                if needs.samples { samples += sign }
                if needs.status { status += sign }
                if needs.firmware { firmware += sign }
                if needs.model { model += sign }
            }
        }
    }

    /// What a part of the tape says of the device.
    struct Words {
        private(set) var status: (text: String, order: Int64)?
        private(set) var firmware: (text: String, order: Int64)?
        private(set) var model: (text: String, order: Int64)?
        private(set) var samples: [(sample: DeviceSamples.Sample, order: Int64)] = []
        /// Telemetry messages, those included that ``samples`` leaves out because newer ones suffice.
        var telemetry: Int64 = 0

        mutating func take(_ word: DeviceWord, _ order: Int64) {
            if let text = word.status { takeStatus(text, order) }
            if let text = word.firmware { takeFirmware(text, order) }
            if let text = word.model { takeModel(text, order) }
            if let sample = word.sample {
                telemetry += 1
                samples.append((sample, order))
            }
        }

        mutating func takeStatus(_ text: String, _ order: Int64) { Self.keep(&status, text, order) }
        mutating func takeFirmware(_ text: String, _ order: Int64) { Self.keep(&firmware, text, order) }
        mutating func takeModel(_ text: String, _ order: Int64) { Self.keep(&model, text, order) }
        mutating func take(_ sample: DeviceSamples.Sample, _ order: Int64) { samples.append((sample, order)) }

        private static func keep(_ known: inout (text: String, order: Int64)?, _ text: String, _ order: Int64) {
            if order >= known?.order ?? .min { known = (text, order) }
        }
    }

    private var firstSeen: Timestamp
    private var lastSeen: Timestamp
    private var messages: Int64 = 0
    /// Telemetry messages that were not looked at yet, and whether anything else may name firmware or model.
    private var telemetry: Int64 = 0
    private var hasUpdates = false
    private var status: String?
    private var firmware: String?
    private var model: String?
    private var samples = DeviceSamples()
    private var kinds: [MessageKind: Int] = [:]

    init(_ activity: Activity) {
        firstSeen = activity.firstSeen
        lastSeen = activity.lastSeen
    }

    /// Adds what the catalogue says of one kind of message.
    mutating func add(_ activity: Activity) {
        messages += activity.messages
        if activity.messages > 0 { kinds[activity.kind, default: 0] += Int(clamping: activity.messages) }
        firstSeen = min(firstSeen, activity.firstSeen)
        lastSeen = max(lastSeen, activity.lastSeen)
        if activity.kind == .telemetry { telemetry += activity.messages }
        if activity.kind == .deviceUpdate { hasUpdates = true }
    }

    var needs: Needs {
        let isMore = telemetry > 0
        return Needs(
            samples: isMore && !samples.isFull, status: isMore && status == nil,
            firmware: (isMore || hasUpdates) && firmware == nil, model: (isMore || hasUpdates) && model == nil)
    }

    /// Takes what an older part of the tape says.
    mutating func take(_ words: Words) {
        status = status ?? words.status?.text
        firmware = firmware ?? words.firmware?.text
        model = model ?? words.model?.text
        // Once there are samples enough it is no longer counted how many are left.
        if !samples.isFull { telemetry -= words.telemetry }
        samples.prepend(words.samples.sorted { $0.order < $1.order }.map(\.sample))
    }

    func row(of device: DeviceID) -> DeviceRow {
        let skew = samples.skew
        return DeviceRow(
            device: device, firstSeen: firstSeen, lastSeen: lastSeen, messages: Int(clamping: messages),
            status: status, firmware: firmware, model: model, clockSkew: skew?.median, period: samples.period,
            worstClockSkew: skew?.worst, clockOutliers: skew?.outliers, kinds: kinds)
    }
}
