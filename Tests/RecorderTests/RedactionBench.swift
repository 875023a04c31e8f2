import DeviceProtocol
import MQTTWire
import Tape

@testable import Recorder

/// A redactor with a known key, and messages for it.
struct RedactionBench {
    static let key = RedactionKey(bytes: Array(0..<32))

    var redactor: Redactor

    init(names: [String] = [], pointers: [String] = []) throws {
        redactor = Redactor(key: Self.key, rules: try RedactionRules(names: names, pointers: pointers), memory: 1 << 20)
    }

    /// The placeholder of a text.
    func placeholder(_ text: String) -> String {
        String(decoding: redactor.placeholder(of: Array(text.utf8)), as: UTF8.self)
    }

    static func message(_ topic: String, _ payload: [UInt8], _ properties: [PublishProperty] = []) -> RecordedMessage {
        RecordedMessage(
            sequence: 1, session: 1, arrival: Timestamp(nanoseconds: 0), monotonic: 0, topic: topic, payload: payload,
            qos: .atLeastOnce, properties: PublishProperties(properties))
    }

    mutating func message(
        _ topic: String, _ payload: String, _ properties: [PublishProperty] = []
    ) -> RecordedMessage {
        var message = Self.message(topic, Array(payload.utf8), properties)
        redactor.redact(&message)
        return message
    }

    /// What becomes of a payload.
    mutating func payload(_ payload: String, on topic: String = "v1/device/a/config") -> String {
        String(decoding: message(topic, payload).payload, as: UTF8.self)
    }

    /// Lets the redactor see an access key.
    mutating func present(_ key: String, on topic: String = "v1/device/a/telemetry") {
        _ = message(topic, "{}", [.userProperty(name: "access_key", value: key)])
    }
}
