import DeviceProtocol
import Tape

/// Which devices are wanted where the payload, and not only the topic, tells whom a message concerns.
struct DeviceSelection {
    private let devices: Set<DeviceID>

    init(_ devices: Set<DeviceID>) {
        self.devices = devices
    }

    /// Whether a device is wanted; no wish at all wants everything, messages without device included.
    func contains(_ device: DeviceID?) -> Bool {
        if devices.isEmpty { return true }
        guard let device else { return false }
        return devices.contains(device)
    }

    /// Whether a message can concern a wanted device: a look at the bytes that spares decoding most of the others.
    func mayConcern(_ message: RecordedMessage, _ topic: DeviceTopic) -> Bool {
        if contains(topic.device) { return true }
        // An id may be written with escapes, so a backslash leaves it open.
        return message.payload.contains(UInt8(ascii: "\\"))
            || devices.contains { Self.find($0.text, in: message.payload) }
    }

    /// Whether a telemetry message has a sample of a wanted device.
    func concerns(_ message: RecordedMessage, _ topic: DeviceTopic) -> Bool {
        if devices.isEmpty { return true }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        switch decoded.message {
        case .telemetry: return contains(decoded.device)
        case .telemetryBatch(let batch): return batch.contains { contains($1.deviceID ?? $0) }
        default: return contains(topic.device)
        }
    }

    private static func find(_ text: String, in payload: [UInt8]) -> Bool {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, payload.count >= wanted.count else { return false }
        for start in 0...(payload.count - wanted.count) where payload[start] == first {
            if payload[start...].starts(with: wanted) { return true }
        }
        return false
    }
}
