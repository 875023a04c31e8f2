import DeviceProtocol
import Tape

/// Tells of each message what it was to which commands.
struct CommandFollower {
    private(set) var tracker = CommandTracker()

    /// What a message was to the commands that it speaks of.
    ///
    /// - Parameters:
    ///   - message: the next message in order of arrival.
    ///   - decoded: the same, decoded.
    ///   - isSelected: whether the query asks for this moment.
    /// - Returns: a number of each command and what the message was to it; nil where it holds no commands.
    mutating func follow(
        _ message: RecordedMessage, _ decoded: DecodedMessage, isSelected: Bool
    ) -> [(command: Int, event: CommandEvent)]? {
        guard let talk = CommandTalk(decoded.message, message.properties) else { return nil }
        let sighting = CommandTracker.Sighting(
            arrival: message.arrival, monotonic: message.monotonic, session: message.session,
            topicDevice: tracker.deviceNumber(decoded.topicDevice), isSelected: isSelected)
        return talk.words.indices.map { index in
            let touch = tracker.tell(talk.words[index], of: talk, sighting)
            var event = Self.event(message, decoded, talk, index)
            let life = tracker.life(touch.number)
            event.elapsed = life.time(to: sighting)
            event.kind = talk.isDelivery ? life.deliveries > 1 ? .redelivery : .delivery : .update
            event.device = tracker.device(of: life)
            event.id = life.id?.text
            event.name = life.name
            event.state = life.state
            event.match = touch.match
            event.evidence = Self.evidence(touch, talk, index)
            event.anomalies = touch.news.list
            if life.deliveries == 0 { event.anomalies.insert(.updateWithoutCommand, at: 0) }
            return (touch.number, event)
        }
    }

    /// What a packet that came again says; it is told to nobody.
    static func duplicates(_ message: RecordedMessage, _ decoded: DecodedMessage) -> [CommandEvent] {
        guard let talk = CommandTalk(decoded.message, message.properties) else { return [] }
        return talk.words.indices.map { index in
            var event = event(message, decoded, talk, index)
            event.kind = .duplicate
            event.evidence = message.duplicateOf.map { "the packet of seq \($0) again" } ?? "a packet again"
            return event
        }
    }

    private static func event(
        _ message: RecordedMessage, _ decoded: DecodedMessage, _ talk: CommandTalk, _ index: Int
    ) -> CommandEvent {
        let word = talk.words[index]
        return CommandEvent(
            sequence: message.sequence, session: message.session, arrival: message.arrival,
            direction: decoded.direction, kind: .update, device: word.device ?? decoded.topicDevice,
            id: word.id?.text, name: word.name, rawStatus: word.status?.raw, message: word.message,
            parameters: talk.parameters[index], evidence: "", anomalies: [], isRetained: message.retain,
            topic: message.topic)
    }

    private static func evidence(_ touch: CommandTracker.Touch, _ talk: CommandTalk, _ index: Int) -> String {
        let word = talk.words[index]
        guard let match = touch.match else {
            if word.id != nil { return "the first message with this id" }
            return talk.isDelivery ? "no id: a command of its own" : "no id, and no command that it surely belongs to"
        }
        switch match {
        case .id: return word.device == nil ? "the id in the payload" : "the id and the device in the payload"
        case .correlation: return "the correlation data \(text(talk.correlation ?? []))"
        case .inferred:
            return talk.isDelivery
                ? "no id: the same name as the open one" : "no id: the only command that the device had open"
        }
    }

    /// Correlation data are any bytes; mostly they are a text.
    private static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes.prefix(80), as: UTF8.self) { return "`\(text)`" }
        let digits = Array("0123456789abcdef".utf8)
        let hex = bytes.prefix(32).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "0x" + String(decoding: hex, as: UTF8.self) + (bytes.count > 32 ? "…" : "")
    }
}
