public import MQTTWire

/// What a broker told us, in the order in which it did.
public enum ConnectionEvent: Sendable {
    /// The broker accepted the connection.
    case connected(ConnectionAcknowledgement)
    /// A message arrived. At QoS 1 its acknowledgement is held back until the next flush.
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

/// What the broker said when it accepted a connection (MQTT 5.0 §3.2).
public struct ConnectionAcknowledgement: Sendable, Hashable {
    /// Whether the broker still had a session of this client.
    public var sessionPresent: Bool
    /// How many unacknowledged messages we may have on the way to the broker.
    public var receiveMaximum: UInt16
    /// The highest QoS that the broker accepts from us.
    public var maximumQoS: QualityOfService
}
