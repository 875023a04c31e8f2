import DeviceProtocol
import JSONScan
import MQTTWire

/// Puts the id of the target's command where an answer names the recorded one.
///
/// That is in the payload, the correlation data, the response topic and the user properties; every other byte stays.
enum AnswerRewriting {
    static func apply(to message: inout OutgoingMessage, newID: String) {
        let topic = DeviceTopic.parse(message.topic)
        guard let old = Commands.answered(message.payload, message.properties, topic)?.id,
            !old.isEmpty, !old.utf8.elementsEqual(newID.utf8)
        else { return }
        message.payload = payload(message.payload, old, newID)
        if !message.properties.isEmpty { message.properties = properties(message.properties, old, newID) }
    }

    /// The payload with each JSON value that is the id replaced, in whatever decoding sees through: behind a byte order
    /// mark, in front of NULs, and in JSON that is the text of a JSON string.
    private static func payload(_ payload: [UInt8], _ old: String, _ new: String) -> [UInt8] {
        let content = PayloadEditor.content(payload)
        var edits = PayloadEdits()
        do throws(JSONError) {
            try replace(old, new, in: payload.span.extracting(content), isInner: false, &edits)
        } catch {
            return payload
        }
        edits.translate(from: 0) { $0.lowerBound + content.lowerBound..<$0.upperBound + content.lowerBound }
        return edits.applied(to: payload)
    }

    private static func replace(
        _ old: String, _ new: String, in text: Span<UInt8>, isInner: Bool, _ edits: inout PayloadEdits
    ) throws(JSONError) {
        var tokenizer = JSONTokenizer()
        while let token = try tokenizer.next(in: text) {
            guard token.kind == .string || token.kind == .number else { continue }
            if token.string(in: text).utf8.elementsEqual(old.utf8) {
                let isNumber = token.kind == .number && JSONNumber(new) != nil
                let literal = isNumber ? Array(new.utf8) : quoted(Array(new.utf8))
                // In a string's text quotes and what they hold are escaped once more.
                edits.replace(token.literalRange, with: isInner ? quoted(literal).dropLast().dropFirst() : literal[...])
            } else if token.kind == .string, tokenizer.depth == 0, !isInner {
                let inner = EscapedText(text, token.range)
                try replace(old, new, in: inner.bytes.span, isInner: true, &edits)
                edits.translate(from: 0) { inner.literal($0) }
            }
        }
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(utf8: text.span)
        return writer.bytes
    }

    private static func properties(_ properties: PublishProperties, _ old: String, _ new: String) -> PublishProperties {
        PublishProperties(
            properties.list.map { property in
                switch property {
                case .correlationData(let data) where data.elementsEqual(old.utf8): .correlationData(Array(new.utf8))
                case .responseTopic(let topic): .responseTopic(replacingLevels(topic, old, new))
                case .userProperty(let name, let value) where value.utf8.elementsEqual(old.utf8):
                    .userProperty(name: name, value: new)
                default: property
                }
            })
    }

    /// The topic with each level that is the id replaced.
    private static func replacingLevels(_ topic: String, _ old: String, _ new: String) -> String {
        let slash = UInt8(ascii: "/")
        // An id with a slash or a wildcard in it would make another topic.
        guard !new.utf8.contains(where: { [slash, UInt8(ascii: "+"), UInt8(ascii: "#"), 0].contains($0) }) else {
            return topic
        }
        let levels = topic.utf8.split(separator: slash, omittingEmptySubsequences: false)
        return levels.map { $0.elementsEqual(old.utf8) ? new : String(decoding: $0, as: UTF8.self) }
            .joined(separator: "/")
    }
}
