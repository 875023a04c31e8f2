import DeviceProtocol
import JSONScan
import Tape

/// One row of `samples`, made from a whole message.
struct Sample {
    var device: DeviceID?
    var metric: String?
    var value: JSONValue?
    var status: String?
    var deviceTime: Timestamp?
    var operation: SampleOperation
}

/// What becomes of a metric in the device's state; the words of `query telemetry`.
enum SampleOperation: String {
    case set
    case delete
    case replace
}

extension Sample {
    /// The samples of a message, in the order of its payload.
    ///
    /// - One for each metric; null deletes it.
    /// - One for the condition, as a metric `status`, unless the payload has a metric of that name.
    /// - One without metric where `override` replaces the state and no other sample says so.
    static func samples(of message: RecordedMessage) -> [Sample] {
        let topic = DeviceTopic.parse(message.topic)
        guard topic.kind == .telemetry else { return [] }
        let decoded = DecodedMessage.decode(topic: topic, payload: message.payload, properties: message.properties)
        switch decoded.message {
        case .telemetry(let telemetry): return samples(of: telemetry, decoded.device)
        case .telemetryBatch(let batch):
            return batch.flatMap { samples(of: $1, $1.deviceID ?? $0) }
        default: return []
        }
    }

    private static func samples(of telemetry: Telemetry, _ device: DeviceID?) -> [Sample] {
        let present: SampleOperation = telemetry.replacesState ? .replace : .set
        var sample = Sample(
            device: device, status: telemetry.status, deviceTime: telemetry.timestamp.timestamp, operation: present)
        var samples: [Sample] = []
        var hasOwnStatus = false
        for metric in telemetry.metrics {
            if metric.key.utf8.elementsEqual("status".utf8) { hasOwnStatus = true }
            sample.metric = metric.key
            sample.value = metric.value.isNull ? nil : metric.value
            sample.operation = metric.value.isNull ? .delete : present
            samples.append(sample)
        }
        sample.operation = present
        if let status = telemetry.status, !hasOwnStatus {
            sample.metric = "status"
            sample.value = .string(status)
            samples.append(sample)
        }
        if telemetry.replacesState, !samples.contains(where: { $0.operation == .replace }) {
            sample.metric = nil
            sample.value = nil
            samples.append(sample)
        }
        return samples
    }
}
