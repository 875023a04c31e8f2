/// One property of a PUBLISH packet (MQTT 5.0 §3.3.2.3).
public enum PublishProperty: Sendable, Hashable {
    /// 0 for bytes, 1 for UTF-8 text (MQTT 5.0 §3.3.2.3.2).
    case payloadFormatIndicator(UInt8)
    /// Lifetime that remained when the message was delivered, in seconds (MQTT 5.0 §3.3.2.3.3).
    case messageExpiryInterval(UInt32)
    /// The alias that stands for the topic on this connection only (MQTT 5.0 §3.3.2.3.4).
    case topicAlias(UInt16)
    /// Where an answer is expected (MQTT 5.0 §3.3.2.3.5).
    case responseTopic(String)
    /// What tells the requester which request an answer belongs to (MQTT 5.0 §3.3.2.3.6).
    case correlationData([UInt8])
    /// A name and a value; may stand more than once, order matters (MQTT 5.0 §3.3.2.3.7).
    case userProperty(name: String, value: String)
    /// The subscription that caused the delivery; may stand more than once (MQTT 5.0 §3.3.2.3.8).
    case subscriptionIdentifier(UInt32)
    /// A description of the payload's content, a MIME type for instance (MQTT 5.0 §3.3.2.3.9).
    case contentType(String)

    /// The identifier that announces this property on the wire (MQTT 5.0 §2.2.2.2).
    public var identifier: UInt8 {
        switch self {
        case .payloadFormatIndicator: Identifier.payloadFormatIndicator
        case .messageExpiryInterval: Identifier.messageExpiryInterval
        case .contentType: Identifier.contentType
        case .responseTopic: Identifier.responseTopic
        case .correlationData: Identifier.correlationData
        case .subscriptionIdentifier: Identifier.subscriptionIdentifier
        case .topicAlias: Identifier.topicAlias
        case .userProperty: Identifier.userProperty
        }
    }

    /// Property identifiers that are legal in a PUBLISH packet.
    public enum Identifier {
        /// Payload Format Indicator.
        public static let payloadFormatIndicator: UInt8 = 1
        /// Message Expiry Interval.
        public static let messageExpiryInterval: UInt8 = 2
        /// Content Type.
        public static let contentType: UInt8 = 3
        /// Response Topic.
        public static let responseTopic: UInt8 = 8
        /// Correlation Data.
        public static let correlationData: UInt8 = 9
        /// Subscription Identifier.
        public static let subscriptionIdentifier: UInt8 = 11
        /// Topic Alias.
        public static let topicAlias: UInt8 = 35
        /// User Property.
        public static let userProperty: UInt8 = 38
    }
}
