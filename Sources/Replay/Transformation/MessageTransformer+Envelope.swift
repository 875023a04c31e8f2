import DeviceProtocol
import MQTTWire
import Tape

/// Topics and properties.
extension MessageTransformer {
    mutating func topic(_ facts: TopicFacts, copy: Int) -> RenamedTopic {
        if let known = facts.renamed[copy] { return known }
        var renamed = renamed(facts.text, copy: copy)
        renamed.device = facts.topic.device.map { target(of: $0, copy: copy) }
        topics.remember(renamed, of: facts, copy: copy)
        return renamed
    }

    mutating func renamed(_ topic: String, ids: TokenTable? = nil, copy: Int) -> RenamedTopic {
        var values = MessageValues()
        var text = replaced(topic, ids, "topic", copy: copy, &values)
        var unmapped: String?
        if let remapped = transformation.remaps.lazy.compactMap({ $0.apply(to: text) }).first {
            if !remapped.utf8.elementsEqual(text.utf8) {
                unmapped = text
                text = remapped
                values.remaps += 1
            }
        }
        return RenamedTopic(
            text: text, beforeRemap: unmapped, values: values, isPublishable: TopicRemap.isPublishable(text))
    }

    // MARK: - Properties

    mutating func properties(
        _ message: RecordedMessage, _ facts: TopicFacts, copy: Int, ids: TokenTable?
    ) -> PropertyEdit {
        guard !message.properties.isEmpty else { return PropertyEdit(properties: PublishProperties()) }
        if ids == nil, let known = facts.known(message.properties, copy: copy) { return known }
        let edit = edited(message, facts, copy: copy, ids: ids)
        if ids == nil { topics.remember(edit, for: message.properties, of: facts, copy: copy) }
        return edit
    }

    /// The properties without placeholders, for which there are no keys.
    mutating func unchanged(_ message: RecordedMessage, _ facts: TopicFacts) -> PropertyEdit {
        guard !message.properties.isEmpty else { return PropertyEdit(properties: message.properties) }
        if let known = facts.known(message.properties, copy: 0) { return known }
        let outcome = substitution.apply(to: message.properties, topicDevice: nil)
        let edit = PropertyEdit(properties: outcome.properties, keysLeftOut: outcome.leftOut)
        topics.remember(edit, for: message.properties, of: facts, copy: 0)
        return edit
    }

    private mutating func edited(
        _ message: RecordedMessage, _ facts: TopicFacts, copy: Int, ids: TokenTable?
    ) -> PropertyEdit {
        let list = message.properties.list
        let recorded = KeySubstitution.device(in: list) ?? facts.topic.device
        let devices = recorded.map { keyDevices($0, copy: copy) } ?? []
        var edit = PropertyEdit(properties: PublishProperties())
        for property in list {
            if KeySubstitution.holdsPlaceholder(property) {
                edit.keysLeftOut += 1
                continue
            }
            switch property {
            case .responseTopic(let topic):
                let renamed = renamed(topic, ids: ids, copy: copy)
                edit.values += renamed.values
                edit.properties.append(.responseTopic(renamed.text))
            case .correlationData(let data):
                let data = replaced(data, ids, "correlation data", copy: copy, &edit.values)
                edit.properties.append(.correlationData(data))
            case .userProperty(let name, let value):
                switch substitution.verdict(name: name, value: value, devices: devices) {
                case .leaveOut: edit.keysLeftOut += 1
                case .replace(let key):
                    edit.keysReplaced += 1
                    edit.values.keys += 1
                    edit.properties.append(.userProperty(name: name, value: key))
                    editor.counts.example(
                        .credentials, sequence: sequence, place: "user property \(name)", before: Self.hidden(value),
                        after: "(the key of \(devices.first?.text ?? ""))".utf8)
                case .keep:
                    let value = userProperty(name, value, ids, copy: copy, &edit.values)
                    edit.properties.append(.userProperty(name: name, value: value))
                }
            default: edit.properties.append(property)
            }
        }
        return edit
    }

    /// The value of a user property; `device_id` holds the id of a device even where nobody knows it.
    private mutating func userProperty(
        _ name: String, _ value: String, _ ids: TokenTable?, copy: Int, _ values: inout MessageValues
    ) -> String {
        guard copy > 0, name.utf8.elementsEqual("device_id".utf8) else {
            return replaced(value, ids, "user property \(name)", copy: copy, &values)
        }
        values.devices += 1
        return target(of: DeviceID(value), copy: copy).text
    }

    /// What is shown of a secret: that it was one.
    private static func hidden(_ value: String) -> String.UTF8View {
        Placeholder.matches(value) ? "redacted:…".utf8 : "(recorded key)".utf8
    }

    private mutating func replaced(
        _ text: String, _ ids: TokenTable?, _ place: @autoclosure () -> String, copy: Int,
        _ values: inout MessageValues
    ) -> String {
        guard ids != nil || transformation.renamesDevices else { return text }
        return String(decoding: replaced(Array(text.utf8), ids, place(), copy: copy, &values), as: UTF8.self)
    }

    /// The bytes with the ids of devices and of the message replaced; as they are where they would be too long.
    private mutating func replaced(
        _ bytes: [UInt8], _ ids: TokenTable?, _ place: @autoclosure () -> String, copy: Int,
        _ values: inout MessageValues
    ) -> [UInt8] {
        var edits = PayloadEdits()
        let (counts, before) = (editor.counts, values)
        for match in ids?.found(in: bytes) ?? [] {
            guard let entry = ids?.entries[match.entry] else { continue }
            edits.replace(match.range, with: entry.target)
            values.ids += 1
            editor.counts.example(
                .freshIDs, sequence: sequence, place: place(), before: entry.source, after: entry.target)
        }
        let renewed = edits.isEmpty ? bytes : edits.applied(to: bytes)
        edits.removeAll()
        for match in editor.names.table.found(in: renewed) {
            let target = editor.names.target(match.entry, copy: copy)
            if target.elementsEqual(renewed[match.range]) { continue }
            edits.replace(match.range, with: target)
            values.devices += 1
            editor.counts.example(
                copy > 0 ? .fanOut : .mapDevice, sequence: sequence, place: place(), before: renewed[match.range],
                after: target)
        }
        let result = edits.isEmpty ? renewed : edits.applied(to: renewed)
        guard result.count <= 65_535 else {
            // Nothing is changed: neither are examples shown.
            editor.counts = counts
            if values.ids > before.ids { editor.counts.leave(.freshIDs, .tooLong) }
            if values.devices > before.devices { editor.counts.leave(copy > 0 ? .fanOut : .mapDevice, .tooLong) }
            values = before
            return bytes
        }
        return result
    }
}

extension TokenTable {
    /// What is found in bytes that mean themselves.
    fileprivate func found(in bytes: [UInt8]) -> [Match] {
        var matches: [Match] = []
        find(in: bytes.span, 0..<bytes.count, .plain, into: &matches)
        return matches
    }
}
