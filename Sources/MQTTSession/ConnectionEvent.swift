public import MQTTWire

/// What a broker told us, in the order in which it did.
public enum ConnectionEvent: Sendable {
    /// The broker accepted the connection.
    case connected(ConnectionAcknowledgement)
    /// A message arrived. At QoS 1 and 2 its acknowledgement is held back until the next flush.
    case message(IncomingMessage)
    /// The broker answered a SUBSCRIBE: one reason code, 0–2 for the QoS granted, from 0x80 for a refusal.
    case subscribed(packetID: Int32, reasonCode: UInt8)
    /// A message of ours has left (QoS 0) or was acknowledged (QoS 1 and 2), with the broker's reason code.
    case published(packetID: Int32, reasonCode: UInt8)
}

/// A message as the broker delivered it.
public struct IncomingMessage: Sendable, Hashable {
    /// The topic name.
    public var topic: String
    /// The payload.
    public var payload: [UInt8]
    /// The QoS of the delivery.
    public var qos: QualityOfService
    /// The RETAIN flag.
    public var retain: Bool
    /// The DUP flag (MQTT 5.0 §3.3.1.1).
    public var dup: Bool
    /// The packet identifier; nil at QoS 0.
    public var packetID: UInt16?
    /// The properties, in order.
    public var properties: PublishProperties
}

/// What the broker said when it accepted a connection (MQTT 5.0 §3.2); what it left out has the value that this means.
public struct ConnectionAcknowledgement: Sendable, Hashable {
    /// Whether the broker still had a session of this client.
    public var sessionPresent: Bool
    /// How many unacknowledged messages we may have on the way to the broker.
    public var receiveMaximum: UInt16
    /// The highest QoS that the broker accepts from us.
    public var maximumQoS: QualityOfService
    /// For how long the broker keeps the session, in seconds, where it is not as long as asked for.
    public var sessionExpiry: UInt32?
    /// The keep alive that the broker demands, in seconds, where it is not the one asked for.
    public var serverKeepAlive: UInt16?
    /// The greatest packet that the broker takes from us, in bytes; nil for any.
    public var maximumPacketSize: UInt32?
    /// The client id that the broker gave us, where it did.
    public var assignedClientID: String?
    /// Whether the broker keeps retained messages.
    public var retainAvailable = true
    /// Whether it takes subscriptions with `+` and `#`.
    public var wildcardsAvailable = true
    /// Whether it takes subscription identifiers.
    public var subscriptionIdentifiersAvailable = true
    /// Whether it takes shared subscriptions.
    public var sharedSubscriptionsAvailable = true
    /// What it said in words.
    public var reason: String?

    init(sessionPresent: Bool, receiveMaximum: UInt16, maximumQoS: QualityOfService) {
        self.sessionPresent = sessionPresent
        self.receiveMaximum = receiveMaximum
        self.maximumQoS = maximumQoS
    }
}
