import DeviceProtocol
import MQTTWire
public import Tape

/// Replaces secrets in messages before they reach a tape; not a byte else changes.
///
/// Secrets are known by the names of user properties and of members of payloads, by their places
/// (https://dev.xyte.io/reference/mqtt-events: licences, details of a device, signed addresses of commands), and by
/// themselves: what was seen as a secret once is found wherever it stands verbatim later. The same secret always gets
/// the same placeholder, so that one still sees whether two were equal and replay can put another one in its place.
/// What is a placeholder already stays.
public struct Redactor {
    /// Secrets that are remembered and looked for everywhere, when nothing else is said: the last so many that came.
    public static let usualMemory = 16_384

    /// What was replaced so far.
    public private(set) var counts = RedactionCounts()

    private let key: RedactionKey
    let rules: RedactionRules
    let names: SecretNames
    var table: SecretTable
    var edits = RedactionEdits()

    /// Properties that came before: a device repeats its own with each message.
    private var lists: [Int: KnownList] = [:]
    private static let listLimit = 8_192
    /// Longer lists are not remembered, so that the memory of all is bounded, in bytes.
    private static let listSize = 512

    private struct KnownList {
        /// The properties as they came.
        var original: PublishProperties
        var properties: PublishProperties
        var counts: RedactionCounts
        /// ``SecretTable/generation`` for which this holds.
        var generation: Int
    }

    /// Makes a redactor.
    ///
    /// - Parameters:
    ///   - key: what placeholders are made with.
    ///   - rules: what is redacted beside what is known.
    ///   - memory: how many secrets are remembered and looked for everywhere.
    public init(key: RedactionKey, rules: RedactionRules = RedactionRules(), memory: Int = usualMemory) {
        self.key = key
        self.rules = rules
        names = SecretNames(rules.names, places: rules.places.map { $0.last ?? "" })
        table = SecretTable(limit: memory)
    }

    /// The public name of the key in use.
    public var keyName: String { key.name }

    /// Replaces the secrets of a message.
    ///
    /// - Parameter message: the message; its ``RecordedMessage/redactions`` grow by what is replaced.
    /// - Returns: how many values were replaced.
    @discardableResult
    public mutating func redact(_ message: inout RecordedMessage) -> Int {
        var counts = RedactionCounts()
        let properties = redacted(message.properties, topic: message.topic, &counts)
        var generation = table.generation
        var payload = redactedPayload(message, &counts)
        var last = properties
        if table.generation != generation {
            // The payload told of a secret, which may stand in what was looked at before.
            generation = table.generation
            counts = RedactionCounts()
            last = redacted(message.properties, topic: message.topic, &counts)
            payload = redactedPayload(message, &counts)
        }
        if let topic = redactedTopic(message.topic, &counts) { message.topic = topic }
        guard counts.total > 0 else { return 0 }
        if let last { message.properties = last }
        if let payload { message.payload = payload }
        self.counts.add(counts)
        let total = Int(clamping: counts.total)
        message.redactions = message.redactions.addingReportingOverflow(total).partialValue
        return total
    }

    /// Remembers the secrets of a message without changing it, so that they are found in earlier ones too.
    public mutating func learn(from message: RecordedMessage) {
        var counts = RedactionCounts()
        _ = redacted(message.properties, topic: message.topic, &counts)
        _ = redactedPayload(message, &counts)
    }

    /// Replaces in a text beside the messages, which somebody wrote, what is known as a secret and what says that it is.
    ///
    /// - Returns: the text; the same where there was nothing to replace.
    public mutating func redact(text: String) -> String {
        var counts = RedactionCounts()
        guard let bytes = redacted(Array(text.utf8), .unknown, isPayload: false, &counts) else { return text }
        self.counts.add(counts)
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - Secrets

    /// The placeholder of a secret.
    func placeholder(of secret: [UInt8]) -> [UInt8] {
        table.placeholder(of: secret) ?? PlaceholderText.make(secret, key.key)
    }

    /// Another number for a number.
    func number(for literal: [UInt8]) -> [UInt8] { PlaceholderText.number(literal, key.key) }

    /// Remembers a secret; `isKey` tells the key by which a device presents itself from what stands in a payload.
    mutating func learn(_ secret: [UInt8], isKey: Bool) {
        table.insert(secret, placeholder(of: secret), isKey: isKey)
    }

    // MARK: - Parts of a message

    /// The payload with placeholders; nil where nothing is to be replaced.
    private mutating func redactedPayload(_ message: RecordedMessage, _ counts: inout RedactionCounts) -> [UInt8]? {
        redacted(message.payload, MessageKind.of(topic: message.topic), isPayload: true, &counts)
    }

    /// Any bytes with placeholders; nil where nothing is to be replaced.
    private mutating func redacted(
        _ bytes: [UInt8], _ kind: MessageKind, isPayload: Bool, _ counts: inout RedactionCounts
    ) -> [UInt8]? {
        guard !bytes.isEmpty else { return nil }
        let scope = Scope(kind: kind, usesPointers: isPayload && !rules.places.isEmpty)
        let isSuspicious =
            isPayload && (names.mustLook || scope.hasSecretPlaces)
            || bytes.withUnsafeBytes { names.mayOccur(in: $0) || table.mayOccur(in: $0) }
        guard isSuspicious else { return nil }
        edits.removeAll()
        search(bytes, scope)
        return edits.isEmpty ? nil : edits.applied(to: bytes, counting: &counts)
    }

    /// A secret in a topic has at least ``SecretTable/longLength`` bytes: devices' ids must survive.
    private func redactedTopic(_ topic: String, _ counts: inout RedactionCounts) -> String? {
        var topic = topic
        let found = topic.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            return table.mayOccur(in: bytes, onlyLong: true) ? table.matches(in: bytes, onlyLong: true) : []
        }
        return found.isEmpty ? nil : Self.text(replacing: found, in: Array(topic.utf8), &counts)
    }

    // MARK: - Properties

    /// The properties with placeholders; nil where nothing is to be replaced.
    private mutating func redacted(
        _ properties: PublishProperties, topic: String, _ counts: inout RedactionCounts
    ) -> PublishProperties? {
        guard !properties.isEmpty else { return nil }
        // Much quicker than what hashes an array, which takes it byte by byte.
        var hasher = Hasher()
        properties.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        let hash = hasher.finalize()
        if let known = lists[hash], known.generation == table.generation, known.original == properties {
            counts = known.counts
            return counts.total > 0 ? known.properties : nil
        }
        let list = properties.list
        learn(from: list, topic: topic)
        let result = PublishProperties(list.map { redacted($0, &counts) })
        if properties.bytes.count <= Self.listSize {
            if lists.count >= Self.listLimit { lists.removeAll(keepingCapacity: true) }
            lists[hash] = KnownList(
                original: properties, properties: result, counts: counts, generation: table.generation)
        }
        return counts.total > 0 ? result : nil
    }

    private mutating func learn(from list: [PublishProperty], topic: String) {
        for case .userProperty(let name, let value) in list where isSecret(name) {
            let secret = Array(value.utf8)
            if RedactedText.isPlaceholder(secret) || Self.isIdentifier(secret, list, topic: topic) { continue }
            learn(secret, isKey: true)
        }
    }

    private func isSecret(_ name: String) -> Bool {
        names.secrecy(of: name.utf8Span.span) > .none
    }

    /// Whether a secret is no secret at all, but what a device is called: replaced everywhere, all that it says would be
    /// nameless.
    private static func isIdentifier(_ secret: [UInt8], _ list: [PublishProperty], topic: String) -> Bool {
        if topic.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual(secret) }) { return true }
        for case .userProperty(let name, let value) in list where name.utf8.elementsEqual("device_id".utf8) {
            if value.utf8.elementsEqual(secret) { return true }
        }
        return false
    }

    private mutating func redacted(_ property: PublishProperty, _ counts: inout RedactionCounts) -> PublishProperty {
        switch property {
        case .userProperty(let name, let value):
            if isSecret(name) {
                let secret = Array(value.utf8)
                if secret.isEmpty || RedactedText.isPlaceholder(secret) { return property }
                counts[.properties] += 1
                return .userProperty(name: name, value: String(decoding: placeholder(of: secret), as: UTF8.self))
            }
            let bytes = Array(value.utf8)
            let newName = literal(name, &counts) ?? name
            guard let redacted = redacted(bytes, .unknown, isPayload: false, &counts) else {
                return .userProperty(name: newName, value: value)
            }
            return .userProperty(name: newName, value: Self.fitting(redacted, bytes, placeholder(of: bytes)))
        case .responseTopic(let topic): return .responseTopic(literal(topic, &counts) ?? topic)
        case .contentType(let type): return .contentType(literal(type, &counts) ?? type)
        case .correlationData(let data):
            let found = data.withUnsafeBytes { table.matches(in: $0) }
            guard !found.isEmpty else { return property }
            return .correlationData(Array(Self.text(replacing: found, in: data, &counts).utf8))
        default: return property
        }
    }

    /// A text with the known secrets in it replaced; nil where there are none.
    private func literal(_ text: String, _ counts: inout RedactionCounts) -> String? {
        let bytes = Array(text.utf8)
        let found = bytes.withUnsafeBytes { table.matches(in: $0) }
        return found.isEmpty ? nil : Self.text(replacing: found, in: bytes, &counts)
    }

    /// What fits into a property or topic; it has at most 65,535 bytes (MQTT 5.0 §1.5.4).
    private static func fitting(_ text: [UInt8], _ original: [UInt8], _ placeholder: [UInt8]) -> String {
        String(decoding: text.count <= 65_535 ? text : placeholder, as: UTF8.self)
    }

    private static func text(
        replacing found: [SecretTable.Match], in bytes: [UInt8], _ counts: inout RedactionCounts
    ) -> String {
        var edits = RedactionEdits()
        for match in found { edits.replace(match.range, with: match.placeholder, .literals) }
        let result = edits.applied(to: bytes, counting: &counts)
        return fitting(result, bytes, found.first?.placeholder ?? [])
    }
}
