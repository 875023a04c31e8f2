import DeviceProtocol
import MQTTWire

/// A message as it is going to be published.
struct OutgoingMessage: Sendable, Hashable {
    /// Place in recorded time, ns since the first message.
    var offset: Int64
    /// Place on the tape.
    var sequence: Int64
    var topic: String
    var payload: [UInt8]
    var qos: QualityOfService
    var retain: Bool
    var properties: PublishProperties
    /// Whether it was written to a connection that broke before it was acknowledged.
    var isRepeat = false
    /// Whether it is from before the window and says what held when it began: recorded time begins after it.
    var isState = false
    /// The device that it belongs to, by the id that it has on the target; nil where the topic names none.
    var device: DeviceID?
    /// Which way it travelled when it was recorded.
    var direction = Direction.unknown

    /// Bytes of topic, properties and payload.
    var size: Int { topic.utf8.count + properties.bytes.count + payload.count }

    /// Bytes in memory, about: what buffers are bounded by.
    var cost: Int { size + 128 }
}
