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
            case .responseTopic(let topic): writer.member("response_topic", topic)
            case .correlationData(let data): writer.member("correlation_data_base64", Base64Text.encode(data.span))
            case .contentType(let type): writer.member("content_type", type)
            case .payloadFormatIndicator(let format): writer.member("payload_format", Int64(format))
            case .messageExpiryInterval(let seconds): writer.member("message_expiry", Int64(seconds))
            case .topicAlias(let alias): writer.member("topic_alias", Int64(alias))
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
}
