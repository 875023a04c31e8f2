import DeviceProtocol
import JSONScan
import Tape

/// What one message says of its device.
struct DeviceWord {
    var status: String?
    var firmware: String?
    var model: String?
    /// Present in telemetry.
    var sample: DeviceSamples.Sample?

    init(_ telemetry: Telemetry, _ message: RecordedMessage) {
        status = telemetry.status ?? Self.text("status", in: telemetry)
        for key in Self.firmwareKeys { firmware = Self.text(key, in: telemetry) ?? firmware }
        for key in Self.modelKeys { model = Self.text(key, in: telemetry) ?? model }
        var time = DeviceSamples.Sample.noTime
        // A retained sample says nothing about when it was sent.
        if telemetry.timestamp.isSound, let stated = telemetry.timestamp.timestamp, !message.retain {
            time = stated.nanoseconds
        }
        sample = DeviceSamples.Sample(
            arrival: message.arrival.nanoseconds, monotonic: message.monotonic, time: time,
            session: Int32(truncatingIfNeeded: message.session))
    }

    init(_ update: DeviceUpdate) {
        firmware = update.firmwareVersion
        model = update.subModel
    }

    /// Metrics by which devices name their firmware and model, the last that has a value counts; no documentation
    /// fixes them.
    static let firmwareKeys = ["fw", "fw_version", "firmware", "firmware_version"]
    static let modelKeys = ["model", "device_model"]

    static func text(_ key: String, in telemetry: Telemetry) -> String? {
        for metric in telemetry.metrics.reversed() where metric.key.utf8.elementsEqual(key.utf8) {
            return metric.value.string ?? metric.value.number?.text
        }
        return nil
    }
}

extension DeviceWord {
    /// What a message says, and of which devices.
    static func words(_ message: RecordedMessage, _ topic: DeviceTopic) -> [(device: DeviceID, word: DeviceWord)] {
        guard topic.kind == .telemetry || topic.kind == .deviceUpdate else { return [] }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        switch decoded.message {
        case .telemetry(let telemetry): return decoded.device.map { [($0, DeviceWord(telemetry, message))] } ?? []
        case .telemetryBatch(let batch):
            return batch.map { ($1.deviceID ?? $0, DeviceWord($1, message)) }
        case .deviceUpdate(let update): return decoded.device.map { [($0, DeviceWord(update))] } ?? []
        default: return []
        }
    }
}
