public import DeviceProtocol

/// One recording onto a tape: from where, under which name, from when to when, and how it ended.
public struct Session: Sendable, Hashable {
    /// Number of the session within its tape, from 1.
    public var id: Int64
    /// What wrote it: `record`, or another source such as `import`; `snapshot` for the retained messages of the past
    /// that a recording found at its start, see ``isSnapshot``.
    public var source: String
    /// The broker's URL without credentials.
    public var broker: String?
    /// Every `address:port` (or socket path) that was seen as the connection's peer.
    public var brokerAddresses: [String]
    /// The MQTT client identifier.
    public var clientID: String?
    /// The subscriptions as asked for and granted, JSON.
    public var filters: String
    /// Further facts of the recording (receive maximum, redaction …), a JSON object.
    public var options: String
    /// The user's own tags, a JSON object.
    public var tags: String
    /// Program and version.
    public var recorder: String
    /// Wall time of the start.
    public var startedAt: Timestamp
    /// Wall time of the last commit or heartbeat.
    public var aliveAt: Timestamp
    /// Wall time of the end; nil while it records, or where it was killed and no later recording closed it.
    public var endedAt: Timestamp?
    /// Why it ended.
    public var endReason: String?
    /// Messages recorded.
    public var messages: Int64
    /// Bytes of topics, properties and payloads.
    public var bytes: Int64
    /// Messages that are redeliveries of others.
    public var duplicates: Int64
    /// Values that redaction replaced.
    public var redactions: Int64

    /// The facts known when a session begins.
    public init(
        source: String, broker: String?, clientID: String?, filters: String = "[]", options: String = "{}",
        tags: String = "{}", recorder: String, startedAt: Timestamp
    ) {
        id = 0
        self.source = source
        self.broker = broker
        brokerAddresses = []
        self.clientID = clientID
        self.filters = filters
        self.options = options
        self.tags = tags
        self.recorder = recorder
        self.startedAt = startedAt
        aliveAt = startedAt
        messages = 0
        bytes = 0
        duplicates = 0
        redactions = 0
    }
}

extension Session {
    /// The ``source`` of retained messages.
    public static let snapshotSource = "snapshot"

    /// Whether its messages are retained ones that a broker held when a recording began: what they say was published at
    /// some time before, and their arrival says nothing of when.
    public var isSnapshot: Bool { source == Self.snapshotSource }
}

extension Session {
    /// Counts a message of this session.
    mutating func add(_ message: borrowing RecordedMessage) {
        messages += 1
        bytes += Int64(message.size)
        redactions += Int64(message.redactions)
        if message.duplicateOf != nil { duplicates += 1 }
    }
}

extension Sequence<Session> {
    /// Whether a recording has not ended: it goes on, or was killed.
    public var hasOpenRecording: Bool { contains { !$0.isSnapshot && $0.endedAt == nil } }

    /// The last one that is no snapshot of retained messages.
    public var lastRecording: Session? {
        var last: Session?
        for session in self where !session.isSnapshot { last = session }
        return last
    }
}
