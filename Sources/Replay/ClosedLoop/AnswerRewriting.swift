import DeviceProtocol
import JSONScan
import MQTTWire

/// Puts the id of the target's command where an answer names the recorded one.
///
/// That is in the payload, the correlation data, the response topic and the user properties; every other byte stays.
enum AnswerRewriting {
    static func apply(to message: inout OutgoingMessage, newID: String) {
        let topic = DeviceTopic.parse(message.topic)
        guard let old = Commands.answered(message.payload, message.properties, topic)?.id,
            !old.isEmpty, !old.utf8.elementsEqual(newID.utf8)
        else { return }
        message.payload = payload(message.payload, old, newID) ?? message.payload
        if !message.properties.isEmpty { message.properties = properties(message.properties, old, newID) }
    }

    /// The payload with each JSON value that is the id replaced; nil when it is no JSON.
    private static func payload(_ payload: [UInt8], _ old: String, _ new: String) -> [UInt8]? {
        let bytes = payload.span
        var tokenizer = JSONTokenizer()
        var result: [UInt8] = []
        result.reserveCapacity(payload.count + new.utf8.count)
        var copied = 0
        do {
            while let token = try tokenizer.next(in: bytes) {
                guard token.kind == .string || token.kind == .number,
                    token.string(in: bytes).utf8.elementsEqual(old.utf8)
                else { continue }
                result += payload[copied..<token.literalRange.lowerBound]
                copied = token.literalRange.upperBound
                if token.kind == .number, JSONNumber(new) != nil {
                    result += new.utf8
                } else {
                    var writer = JSONWriter(appendingTo: [])
                    writer.string(new)
                    result += writer.bytes
                }
            }
        } catch {
            return nil
        }
        return result + payload[copied...]
    }

    private static func properties(_ properties: PublishProperties, _ old: String, _ new: String) -> PublishProperties {
        PublishProperties(
            properties.list.map { property in
                switch property {
                case .correlationData(let data) where data.elementsEqual(old.utf8): .correlationData(Array(new.utf8))
                case .responseTopic(let topic): .responseTopic(replacingLevels(topic, old, new))
                case .userProperty(let name, let value) where value.utf8.elementsEqual(old.utf8):
                    .userProperty(name: name, value: new)
                default: property
                }
            })
    }

    /// The topic with each level that is the id replaced.
    private static func replacingLevels(_ topic: String, _ old: String, _ new: String) -> String {
        let slash = UInt8(ascii: "/")
        // An id with a slash or a wildcard in it would make another topic.
        guard !new.utf8.contains(where: { [slash, UInt8(ascii: "+"), UInt8(ascii: "#"), 0].contains($0) }) else {
            return topic
        }
        let levels = topic.utf8.split(separator: slash, omittingEmptySubsequences: false)
        return levels.map { $0.elementsEqual(old.utf8) ? new : String(decoding: $0, as: UTF8.self) }
            .joined(separator: "/")
    }
}
