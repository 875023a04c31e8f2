public import DeviceProtocol
public import MQTTWire

/// One message as it stands on a tape, whole: what came over the wire, when, and where it stands in the recording.
public struct RecordedMessage: Sendable, Hashable {
    /// Place in the tape: dense, from 1, in order of arrival.
    public var sequence: Int64
    /// The session (``Session/id``) that recorded it.
    public var session: Int64
    /// Wall time of arrival, ns since the Unix epoch.
    public var arrival: Timestamp
    /// The same instant on the recorder's monotonic clock, ns; exact across steps of the wall clock, comparable within
    /// one session only.
    public var monotonic: Int64
    /// The topic name.
    public var topic: String
    /// The payload, byte for byte, but for what redaction replaced.
    public var payload: [UInt8]
    /// The QoS with which the broker delivered it.
    public var qos: QualityOfService
    /// The RETAIN flag of the publisher (retain as published).
    public var retain: Bool
    /// The DUP flag of the delivery; on its own it does not mean that the message stands twice on the tape.
    public var dup: Bool
    /// The packet identifier of the delivery, nil at QoS 0.
    public var packetID: UInt16?
    /// The sequence number of the earlier recording of the same delivery: this message is a redelivery of it.
    public var duplicateOf: Int64?
    /// How many values redaction replaced at capture.
    public var redactions: Int
    /// All MQTT 5 properties in order.
    public var properties: PublishProperties

    /// Makes a message from its parts.
    public init(
        sequence: Int64, session: Int64, arrival: Timestamp, monotonic: Int64, topic: String, payload: [UInt8],
        qos: QualityOfService, retain: Bool = false, dup: Bool = false, packetID: UInt16? = nil,
        duplicateOf: Int64? = nil, redactions: Int = 0, properties: PublishProperties = PublishProperties()
    ) {
        self.sequence = sequence
        self.session = session
        self.arrival = arrival
        self.monotonic = monotonic
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.dup = dup
        self.packetID = packetID
        self.duplicateOf = duplicateOf
        self.redactions = redactions
        self.properties = properties
    }

    /// Bytes of topic, properties and payload together: the size that compression is measured against.
    public var size: Int { topic.utf8.count + properties.bytes.count + payload.count }
}
