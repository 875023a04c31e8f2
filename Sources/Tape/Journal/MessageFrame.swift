import DeviceProtocol
import MQTTWire

/// A message's form inside a journal batch (docs/tape-format.md, "Message frame").
///
/// Numbers are unsigned LEB128. In order: arrival since the message before (ns), flags, packet id, distance to the
/// original of a duplicate, number of redactions, topic, properties, payload; what the flags do not announce is absent.
enum MessageFrame {
    static func append(_ message: RecordedMessage, sinceLast: Int64, to bytes: inout [UInt8]) {
        VariableInteger.append(UInt64(max(0, sinceLast)), to: &bytes)
        bytes.append(MessageFlags(message).rawValue)
        if let packetID = message.packetID { VariableInteger.append(UInt64(packetID), to: &bytes) }
        if let original = message.duplicateOf {
            VariableInteger.append(UInt64(max(0, message.sequence - original)), to: &bytes)
        }
        if message.redactions > 0 { VariableInteger.append(UInt64(message.redactions), to: &bytes) }
        VariableInteger.append(UInt64(message.topic.utf8.count), to: &bytes)
        // The view itself would be copied byte by byte.
        if message.topic.utf8.withContiguousStorageIfAvailable({ bytes.append(contentsOf: $0) }) == nil {
            bytes.append(contentsOf: message.topic.utf8)
        }
        if !message.properties.isEmpty {
            VariableInteger.append(UInt64(message.properties.bytes.count), to: &bytes)
            bytes.append(contentsOf: message.properties.bytes)
        }
        VariableInteger.append(UInt64(message.payload.count), to: &bytes)
        bytes.append(contentsOf: message.payload)
    }

    /// The facts that a frame takes from its batch.
    struct Context {
        var sequence: Int64
        var session: Int64
        /// Wall time of the message before, ns.
        var arrival: Int64
        /// Wall minus monotonic time of the batch's clock, ns.
        var clockOffset: Int64
    }

    static func read(_ reader: inout ByteReader, _ context: Context) throws(MalformedFrame) -> RecordedMessage {
        let start = reader.offset
        let since = try reader.integer()
        let flags = MessageFlags(rawValue: try reader.byte())
        guard let qos = QualityOfService(rawValue: flags.rawValue & MessageFlags.qosMask) else {
            throw MalformedFrame(offset: start, reason: "QoS 3")
        }
        let packetID = flags.has(MessageFlags.packetID) ? UInt16(truncatingIfNeeded: try reader.integer()) : nil
        let distance = flags.has(MessageFlags.duplicateOf) ? Int64(truncatingIfNeeded: try reader.integer()) : nil
        let redactions = flags.has(MessageFlags.redacted) ? Int(truncatingIfNeeded: try reader.integer()) : 0
        guard let topic = String(validating: try reader.slice(), as: UTF8.self) else {
            throw MalformedFrame(offset: start, reason: "a topic that is not UTF-8")
        }
        var properties = PublishProperties()
        if flags.has(MessageFlags.properties) {
            let bytes = Array(try reader.slice())
            do {
                properties = try PublishProperties(validating: bytes)
            } catch {
                throw MalformedFrame(offset: start, reason: error.description)
            }
        }
        let arrival = context.arrival &+ Int64(truncatingIfNeeded: since)
        return RecordedMessage(
            sequence: context.sequence, session: context.session, arrival: Timestamp(nanoseconds: arrival),
            monotonic: arrival &- context.clockOffset, topic: topic, payload: Array(try reader.slice()), qos: qos,
            retain: flags.has(MessageFlags.retain), dup: flags.has(MessageFlags.dup), packetID: packetID,
            duplicateOf: distance.map { context.sequence &- $0 }, redactions: redactions, properties: properties)
    }
}
