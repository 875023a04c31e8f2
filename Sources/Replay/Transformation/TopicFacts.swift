import DeviceProtocol
import MQTTWire

/// A topic after the transformations.
struct RenamedTopic {
    var text: String
    /// What it was before a rule of `--remap` changed it; nil where none did.
    var beforeRemap: String?
    var values: MessageValues
    var isPublishable: Bool
    /// The device that the recorded topic names, by its new id.
    var device: DeviceID?
}

/// Properties after the transformations.
struct PropertyEdit {
    var properties: PublishProperties
    var values = MessageValues()
    /// Values in whose place a key is sent.
    var keysReplaced: Int64 = 0
    /// Placeholders that are left out.
    var keysLeftOut: Int64 = 0
}

/// What is known of a topic and, since messages of one topic mostly have the same, of the last properties on it.
final class TopicFacts {
    let text: String
    let topic: DeviceTopic
    /// Whether a secret was redacted in the topic itself, which leads nowhere then.
    let holdsPlaceholder: Bool
    /// The topic of each copy, as far as it was asked for.
    fileprivate(set) var renamed: [Int: RenamedTopic] = [:]
    private var direction: (properties: PublishProperties, direction: Direction)?
    private var edits: [Int: (properties: PublishProperties, edit: PropertyEdit)] = [:]

    init(_ text: String) {
        self.text = text
        topic = DeviceTopic.parse(text)
        holdsPlaceholder = Placeholder.occurs(in: text)
    }

    /// Which way a message on the topic travels.
    func direction(_ properties: PublishProperties) -> Direction {
        if let direction, direction.properties == properties { return direction.direction }
        let (found, _) = Direction.of(kind: topic.kind, properties: properties)
        if properties.bytes.count <= TopicCache.sizeLimit { direction = (properties, found) }
        return found
    }

    /// What became of the same properties on this topic the last time.
    func known(_ properties: PublishProperties, copy: Int) -> PropertyEdit? {
        guard let known = edits[copy], known.properties == properties else { return nil }
        return known.edit
    }

    fileprivate func remember(_ edit: PropertyEdit, for properties: PublishProperties, copy: Int) {
        edits[copy] = (properties, edit)
    }
}

/// The topics seen last; forgotten all at once when there are too many, so that memory stays bounded.
struct TopicCache {
    private var facts: [DeviceID: TopicFacts] = [:]
    private var size = 0
    private static let limit = 8_192
    /// Longer topics and properties are not remembered, bytes.
    static let sizeLimit = 512

    mutating func facts(of topic: String) -> TopicFacts {
        // Compared by bytes, which is how MQTT compares (MQTT 5.0 §4.7.3).
        let key = DeviceID(topic)
        if let known = facts[key] { return known }
        let fresh = TopicFacts(topic)
        if topic.utf8.count <= Self.sizeLimit {
            makeRoom()
            facts[key] = fresh
        }
        return fresh
    }

    mutating func remember(_ renamed: RenamedTopic, of facts: TopicFacts, copy: Int) {
        facts.renamed[copy] = renamed
        if copy > 0 { makeRoom() }
    }

    mutating func remember(_ edit: PropertyEdit, for properties: PublishProperties, of facts: TopicFacts, copy: Int) {
        guard properties.bytes.count <= Self.sizeLimit, edit.properties.bytes.count <= Self.sizeLimit else { return }
        facts.remember(edit, for: properties, copy: copy)
        if copy > 0 { makeRoom() }
    }

    private mutating func makeRoom() {
        size += 1
        guard size > Self.limit else { return }
        facts.removeAll(keepingCapacity: true)
        size = 0
    }
}
