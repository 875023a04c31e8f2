public import DeviceProtocol

/// How much of one kind a device said (or was told), and from when to when.
public struct Activity: Sendable, Hashable {
    /// The device that the topic names; nil where it names none.
    public var device: DeviceID?
    /// The kind of message, by topic.
    public var kind: MessageKind
    /// Messages recorded, redeliveries included.
    public var messages: Int64
    /// Bytes of topics, properties and payloads.
    public var bytes: Int64
    /// Wall time of the first arrival.
    public var firstSeen: Timestamp
    /// Wall time of the last arrival.
    public var lastSeen: Timestamp
}

/// The activity of one batch, summed up before it is written.
struct ActivityTally {
    struct Key: Hashable {
        var device: DeviceID?
        var kind: MessageKind
    }

    private(set) var rows: [Key: Activity] = [:]

    mutating func count(_ message: RecordedMessage) {
        let topic = DeviceTopic.parse(message.topic)
        let size = Int64(message.size)
        let key = Key(device: topic.device, kind: topic.kind)
        let fresh = Activity(
            device: topic.device, kind: topic.kind, messages: 0, bytes: 0, firstSeen: message.arrival,
            lastSeen: message.arrival)
        add(size, at: message.arrival, to: &rows[key, default: fresh])
    }

    private func add(_ size: Int64, at arrival: Timestamp, to row: inout Activity) {
        row.messages += 1
        row.bytes += size
        row.firstSeen = min(row.firstSeen, arrival)
        row.lastSeen = max(row.lastSeen, arrival)
    }

    mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
    }
}
