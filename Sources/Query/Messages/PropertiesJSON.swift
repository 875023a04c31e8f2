import JSONScan
public import MQTTWire

/// The MQTT 5 properties of a message as a JSON object, with the keys of `query messages`;
/// user properties as pairs in order.
public enum PropertiesJSON {
    /// The object's text.
    public static func bytes(_ properties: PublishProperties) -> [UInt8] {
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
            case .correlationData(let data): member("correlation_data_base64", Base64Text.encode(data.span), &writer)
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
