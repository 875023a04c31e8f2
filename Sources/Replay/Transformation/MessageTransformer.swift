import DeviceProtocol
import MQTTWire
import Tape

/// Changes messages as a ``Transformation`` says; what it does not touch stays byte for byte.
struct MessageTransformer {
    /// What is sent of a message.
    struct Result {
        var topic: String
        var payload: [UInt8]
        var properties: PublishProperties
        /// The device that the topic names, by its new id.
        var device: DeviceID?
        /// Values of properties in whose place a key is sent.
        var keysReplaced: Int64 = 0
        /// Placeholders among the properties that are left out.
        var keysLeftOut: Int64
    }

    let transformation: Transformation
    let substitution: KeySubstitution
    private let isIdentity: Bool
    var editor: PayloadEditor
    var topics = TopicCache()
    /// The message at hand, for examples.
    var sequence: Int64 = 0
    /// How far times are moved; settled with the first message of the window.
    var shift: TimestampShift?

    init(_ transformation: Transformation, credentials: Credentials?) {
        self.transformation = transformation
        substitution = KeySubstitution(credentials: credentials)
        isIdentity = !transformation.editsPayloads && transformation.remaps.isEmpty && credentials == nil
        editor = PayloadEditor(names: DeviceNames(transformation))
    }

    /// What was touched so far.
    var counts: TransformationCounts { editor.counts }
    /// Recorded devices with a new id that were found anywhere.
    var seenDevices: Set<DeviceID> { editor.names.seen }

    mutating func collectExamples() { editor.counts.collectsExamples = true }

    /// What is known of a topic.
    mutating func facts(of topic: String) -> TopicFacts { topics.facts(of: topic) }

    mutating func target(of device: DeviceID, copy: Int) -> DeviceID {
        editor.names.target(of: device, copy: copy)
    }

    // MARK: - Whether

    /// Why a message cannot be sent in one of its copies; nil if it can in all.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - facts: what is known of its topic.
    ///   - mayHoldPlaceholders: whether its payload does as far as a quick look tells.
    /// - Returns: the reason.
    mutating func reasonToRefuse(
        _ message: RecordedMessage, _ facts: TopicFacts, mayHoldPlaceholders: Bool
    ) -> SkipReason? {
        let copies = transformation.fanOut.copies
        sequence = message.sequence
        if facts.holdsPlaceholder { return .redactedPayload }
        if !transformation.sendsPlaceholders {
            let found = mayHoldPlaceholders ? Placeholder.count(in: message.payload) : 0
            if Self.hidesRedactions(message, found: found) { return .redactedPayload }
            for copy in 0..<copies where found > 0 && !replacesPlaceholders(message, facts, copy: copy) {
                return .redactedPayload
            }
        }
        if isIdentity { return nil }
        // The ids of later copies are the longer ones.
        guard isPublishable(message, facts, copy: 0), copies == 1 || isPublishable(message, facts, copy: copies - 1)
        else { return .invalidTopic }
        return nil
    }

    /// Whether more values were redacted than placeholders can be seen: numbers were replaced by others, which look like
    /// any number.
    private static func hidesRedactions(_ message: RecordedMessage, found: Int) -> Bool {
        // What was redacted in an access key is most often all there is, and is seen at once.
        guard message.redactions > found else { return false }
        return message.redactions - found > Placeholder.count(in: message.properties.bytes)
    }

    private mutating func isPublishable(_ message: RecordedMessage, _ facts: TopicFacts, copy: Int) -> Bool {
        guard topic(facts, copy: copy).isPublishable else { return false }
        guard !transformation.remaps.isEmpty, let response = message.properties.responseTopic else { return true }
        return renamed(response, copy: copy).isPublishable
    }

    private mutating func replacesPlaceholders(_ message: RecordedMessage, _ facts: TopicFacts, copy: Int) -> Bool {
        let known = editor.counts
        defer { editor.counts = known }
        let task = task(message, facts, copy: copy, ids: nil, hasPlaceholders: true)
        _ = editor.edit(message.payload, task)
        return editor.values.keys == Int64(Placeholder.count(in: message.payload))
    }

    // MARK: - What

    /// What is sent of a copy of a message, which counts as so many.
    mutating func apply(to admitted: MessagePreparation.Admitted, copy: Int, weight: Int64 = 1) -> Result {
        let message = admitted.message
        let facts = admitted.facts
        editor.counts.weight = weight
        sequence = message.sequence
        if isIdentity {
            let edit = unchanged(message, facts)
            return Result(
                topic: message.topic, payload: message.payload, properties: edit.properties, device: facts.topic.device,
                keysLeftOut: edit.keysLeftOut)
        }
        var values = MessageValues()
        let ids = transformation.freshIDs.flatMap { freshIDs in
            ConversationIDs.of(
                message.payload, kind: facts.topic.kind,
                correlationData: facts.topic.kind.hasConversationID ? message.properties.correlationData : nil,
                freshIDs: freshIDs, copy: copy)
        }
        var topic = topic(facts, copy: copy)
        if let ids {
            let device = topic.device
            topic = renamed(message.topic, ids: ids, copy: copy)
            topic.device = device
        }
        values += topic.values
        if let before = topic.beforeRemap {
            editor.counts.example(
                .remap, sequence: sequence, place: "topic", before: before.utf8, after: topic.text.utf8)
        }
        let edit = properties(message, facts, copy: copy, ids: ids)
        values += edit.values
        var payload = message.payload
        if transformation.editsPayloads || admitted.mayHoldPlaceholders {
            let task = task(message, facts, copy: copy, ids: ids, hasPlaceholders: admitted.mayHoldPlaceholders)
            if let edited = editor.edit(message.payload, task) { payload = edited }
            values += editor.values
        }
        count(values, copy: copy)
        return Result(
            topic: topic.text, payload: payload, properties: edit.properties, device: topic.device,
            keysReplaced: edit.keysReplaced, keysLeftOut: edit.keysLeftOut)
    }

    private mutating func task(
        _ message: RecordedMessage, _ facts: TopicFacts, copy: Int, ids: TokenTable?, hasPlaceholders: Bool
    ) -> PayloadEditor.Task {
        var task = PayloadEditor.Task(sequence: message.sequence, kind: facts.topic.kind, copy: copy)
        task.shift = shift
        task.freshIDs = transformation.freshIDs
        task.ids = ids
        task.renamesUnknown = copy > 0
        if hasPlaceholders, let credentials = substitution.credentials {
            let recorded = message.properties.userProperty("device_id").map { DeviceID($0) } ?? facts.topic.device
            task.keyDevices = recorded.map { keyDevices($0, copy: copy) } ?? []
            task.credentials = credentials
        }
        return task
    }

    /// The ids by which the key of a device is looked for; a further copy has none but its own.
    mutating func keyDevices(_ recorded: DeviceID, copy: Int) -> [DeviceID] {
        let target = target(of: recorded, copy: copy)
        return copy > 0 ? [target] : [target, recorded]
    }

    private mutating func count(_ values: MessageValues, copy: Int) {
        if values == MessageValues() { return }
        editor.counts.add(copy > 0 ? .fanOut : .mapDevice, values: values.devices)
        editor.counts.add(.remap, values: values.remaps)
        editor.counts.add(.shiftTime, values: values.times)
        editor.counts.add(.freshIDs, values: values.ids)
        editor.counts.add(.credentials, values: values.keys)
    }
}
