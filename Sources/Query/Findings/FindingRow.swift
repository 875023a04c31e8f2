public import DeviceProtocol

/// Something odd about messages of one kind on the topics of one device.
public struct FindingRow: Sendable, Hashable {
    /// What is odd: ``Finding/code``.
    public var code: String
    /// The kind of message.
    public var kind: MessageKind
    /// The device that the topic names; nil where it names none.
    public var device: DeviceID?
    /// How many messages have it.
    public var count: Int
    /// When the first of them arrived.
    public var firstSeen: Timestamp
    /// When the last of them arrived.
    public var lastSeen: Timestamp
    /// The place in the tape of the first of them.
    public var sequence: Int64
    /// What is odd about that one, in a sentence.
    public var detail: String
}
