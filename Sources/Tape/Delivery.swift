import MQTTWire

/// A recorded delivery at QoS 1 or 2, as far as it takes to recognise it when the broker delivers it again.
public struct Delivery: Sendable, Hashable {
    /// The packet identifier of the delivery.
    public var packetID: UInt16
    /// Where it stands on the tape.
    public var sequence: Int64
    /// A hash of topic and payload.
    ///
    /// Properties are left out: the message expiry
    /// interval of a redelivery has moved on (MQTT 5.0 §3.3.2.3.3).
    public var content: Int

    /// Puts a delivery together.
    public init(packetID: UInt16, sequence: Int64, content: Int) {
        self.packetID = packetID
        self.sequence = sequence
        self.content = content
    }

    /// The delivery of a message; nil at QoS 0, where nothing is delivered again.
    public init?(_ message: RecordedMessage) {
        guard let packetID = message.packetID, message.qos > .atMostOnce else { return nil }
        self.packetID = packetID
        sequence = message.sequence
        content = Self.content(topic: message.topic, payload: message.payload)
    }

    /// The hash by which deliveries are compared.
    ///
    /// It only has to tell messages of one packet identifier apart, so speed counts more than strength: the words are
    /// mixed by multiplication (Steele, Vigna: Computationally easy, spectrally good multipliers, 2021).
    public static func content(topic: String, payload: [UInt8]) -> Int {
        var topic = topic
        let start = topic.withUTF8 { mix(UnsafeRawBufferPointer($0), into: 0x243f_6a88_85a3_08d3) }
        return Int(truncatingIfNeeded: payload.withUnsafeBytes { mix($0, into: start) })
    }

    private static func mix(_ bytes: UnsafeRawBufferPointer, into start: UInt64) -> UInt64 {
        var hash = start ^ UInt64(truncatingIfNeeded: bytes.count)
        func take(_ word: UInt64) {
            hash = (hash ^ word) &* 0xd134_2543_de82_ef95
            hash ^= hash >> 32
        }
        var index = 0
        while index + 8 <= bytes.count {
            take(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < bytes.count {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        take(rest)
        return hash
    }
}
