import DeviceProtocol
import Tape

/// Turns the messages of a tape, in their order, into messages to publish.
struct MessagePreparation {
    private let admission: Admission
    private let substitution: KeySubstitution
    private(set) var timeline: RecordedTimeline

    init(_ script: ReplayScript) {
        admission = script.admission
        substitution = KeySubstitution(credentials: script.credentials)
        timeline = RecordedTimeline(longestSilence: script.longestSilence)
    }

    /// What becomes of a message.
    enum Verdict {
        case publish(OutgoingMessage, keys: KeySubstitution.Outcome)
        case skip(SkipReason)
    }

    /// Prepares the next message; time passes only with messages that are published.
    mutating func prepare(_ message: RecordedMessage, topic: DeviceTopic, direction: Direction) -> Verdict {
        if let reason = admission.reasonToSkip(message, direction: direction) { return .skip(reason) }
        let keys = substitution.apply(to: message.properties, topicDevice: topic.device)
        let outgoing = OutgoingMessage(
            offset: timeline.place(message), sequence: message.sequence, topic: message.topic,
            payload: message.payload, qos: message.qos, retain: message.retain && admission.keepsRetain,
            properties: keys.properties)
        return .publish(outgoing, keys: keys)
    }

    /// Prepares the next message; nil if it is not published.
    mutating func prepare(_ message: RecordedMessage) -> OutgoingMessage? {
        let topic = DeviceTopic.parse(message.topic)
        let (direction, _) = Direction.of(kind: topic.kind, properties: message.properties)
        guard case .publish(let outgoing, _) = prepare(message, topic: topic, direction: direction) else { return nil }
        return outgoing
    }
}
