public import DeviceProtocol
public import MQTTWire

/// Which messages of a tape are wanted.
///
/// What is empty or nil selects everything.
public struct Selection: Sendable {
    /// Wall time of arrival from which on, included.
    public var since: Timestamp?
    /// Wall time of arrival until which, excluded.
    public var until: Timestamp?
    /// Sessions.
    public var sessions = SessionChoice()
    /// Devices, as the topic names them.
    public var devices: Set<DeviceID> = []
    /// Whether payloads of a shape may be about one of ``devices`` without the topic saying so.
    ///
    /// Such messages are selected too, and all that are not sealed: whoever asks must look into them. Nil lets the
    /// topic decide.
    public var mayConcernDevices: (@Sendable (PayloadShape) -> Bool)?
    /// Topic filters, one of which must match.
    public var topics: [TopicFilter] = []
    /// Topic filters, none of which may match.
    public var excluded: [TopicFilter] = []
    /// Kinds of message, by topic.
    public var kinds: Set<MessageKind> = []
    /// Whether messages that are redeliveries of recorded ones (``RecordedMessage/duplicateOf``) are wanted too.
    public var includesDuplicates = true

    /// Selects everything.
    public init() {}

    /// Whether a message is wanted.
    public func matches(_ message: RecordedMessage) -> Bool {
        matchesBeyondTopic(message) && matches(topic: message.topic)
    }

    /// Whether a message is wanted as far as all but its topic goes.
    func matchesBeyondTopic(_ message: RecordedMessage) -> Bool {
        matches(arrival: message.arrival.nanoseconds, session: message.session)
            && (includesDuplicates || message.duplicateOf == nil)
    }

    /// Whether messages of an instant (ns since the Unix epoch) and a session are wanted as far as those go.
    public func matches(arrival: Int64, session: Int64) -> Bool {
        if let since, arrival < since.nanoseconds { return false }
        if let until, arrival >= until.nanoseconds { return false }
        return sessions.isEmpty || sessions.contains(session)
    }

    /// What is known of the messages of a topic.
    enum TopicMatch {
        /// None of them is wanted.
        case no
        /// They are wanted where their payload is about one of the devices.
        case perhaps
        /// They are wanted as far as the topic goes.
        case yes
    }

    /// Whether messages of a topic are wanted as far as the topic goes.
    func match(topic: String) -> TopicMatch {
        var match = TopicMatch.yes
        if !devices.isEmpty || !kinds.isEmpty {
            let parts = DeviceTopic.parse(topic)
            if !kinds.isEmpty, !kinds.contains(parts.kind) { return .no }
            if !devices.isEmpty, !(parts.device.map(devices.contains) ?? false) {
                guard mayConcernDevices != nil else { return .no }
                match = .perhaps
            }
        }
        if !topics.isEmpty, !topics.contains(where: { $0.matches(topic) }) { return .no }
        return excluded.contains { $0.matches(topic) } ? .no : match
    }

    /// Whether messages of a topic may be wanted.
    func matches(topic: String) -> Bool {
        match(topic: topic) != .no
    }

    /// Whether some topics are not wanted.
    var restrictsTopics: Bool {
        !devices.isEmpty || !kinds.isEmpty || !topics.isEmpty || !excluded.isEmpty
    }

    /// Whether parts of the tape may be passed over because of their time or their session.
    public var restrictsParts: Bool {
        since != nil || until != nil || !sessions.isEmpty
    }

    /// The times of arrival that are wanted, ns.
    var window: Range<Int64> {
        let from = since?.nanoseconds ?? .min
        return from..<max(from, until?.nanoseconds ?? .max)
    }
}
