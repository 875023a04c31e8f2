import MQTTWire

/// A recorded delivery at QoS 1 or 2, as far as it takes to recognise it when the broker delivers it again.
public struct Delivery: Sendable, Hashable {
    /// The packet identifier of the delivery.
    public var packetID: UInt16
    /// Where it stands on the tape.
    public var sequence: Int64
    /// A hash of topic and payload, valid within this process only.
    ///
    /// Properties are left out: the message expiry
    /// interval of a redelivery has moved on (MQTT 5.0 §3.3.2.3.3).
    public var content: Int

    /// The delivery of a message; nil at QoS 0, where nothing is delivered again.
    public init?(_ message: RecordedMessage) {
        guard let packetID = message.packetID, message.qos > .atMostOnce else { return nil }
        self.packetID = packetID
        sequence = message.sequence
        content = Self.content(topic: message.topic, payload: message.payload)
    }

    /// The hash by which deliveries are compared.
    public static func content(topic: String, payload: [UInt8]) -> Int {
        var topic = topic
        var hasher = Hasher()
        topic.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(topic.utf8.count)
        payload.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
