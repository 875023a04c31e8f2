import JSONScan
import MQTTWire

/// The MQTT 5 properties of a message as a JSON object, with the keys of `query messages`.
enum PropertiesJSON {
    /// The object's text.
    static func bytes(_ properties: PublishProperties) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        let list = properties.list
        let user = list.compactMap { property -> (String, String)? in
            if case .userProperty(let name, let value) = property { (name, value) } else { nil }
        }
        if !user.isEmpty {
            writer.key("user")
            writer.beginArray()
            for (name, value) in user {
                writer.beginArray()
                writer.string(name)
                writer.string(value)
                writer.endArray()
            }
            writer.endArray()
        }
        var subscriptions: [UInt32] = []
        for property in list {
            switch property {
            case .userProperty: break
            case .responseTopic(let topic): member("response_topic", topic, &writer)
            case .correlationData(let data): member("correlation_data_base64", Base64.text(data), &writer)
            case .contentType(let type): member("content_type", type, &writer)
            case .payloadFormatIndicator(let format): member("payload_format", Int64(format), &writer)
            case .messageExpiryInterval(let seconds): member("message_expiry", Int64(seconds), &writer)
            case .topicAlias(let alias): member("topic_alias", Int64(alias), &writer)
            case .subscriptionIdentifier(let identifier): subscriptions.append(identifier)
            }
        }
        if !subscriptions.isEmpty {
            writer.key("subscription_ids")
            writer.beginArray()
            for identifier in subscriptions { writer.int(Int64(identifier)) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private static func member(_ key: String, _ value: String, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.string(value)
    }

    private static func member(_ key: String, _ value: Int64, _ writer: inout JSONWriter) {
        writer.key(key)
        writer.int(value)
    }
}

/// Bytes as Base64 (RFC 4648 §4).
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | (index < group.count ? UInt32(group[start + index]) : 0) }
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
