import DeviceProtocol
import JSONScan
import Tape

/// Makes what messages are aligned by.
enum MessageDigest {
    static func of(_ message: PendingMessage, _ rules: ContentRules, _ reader: ContentReader) -> PendingMessage.Digest {
        let content = rules.filtered(reader.content(message.message, message.topic.topic), hidesTolerated: true)
        var sketch: UInt64 = 0
        let hash = ContentHash.of(content, at: 0, &sketch)
        return PendingMessage.Digest(
            hash: hash, sketch: sketch, subject: ContentHash.of(subject(content, message)))
    }

    /// What two versions of one message have in common.
    private static func subject(_ content: JSONValue, _ message: PendingMessage) -> String {
        let payload = content[ContentPath.payload]
        return switch message.topic.stream.kind {
        case .command: message.commandName ?? ""
        case .unknown: content["topic"]?.string ?? ""
        default: label(payload, message.topic.stream.kind)
        }
    }

    /// What a message of a kind is about, where the kind does not say all; empty where it does.
    static func label(_ payload: JSONValue?, _ kind: MessageKind) -> String {
        let object = payload?.elements?.first ?? payload
        return switch kind {
        case .cloudSetting:
            object?["property"]?.string
                ?? (object?.members?.count == 1 ? object?.members?.first?.key : nil) ?? ""
        case .incident: object?["issue"]?.string ?? object?["title"]?.string ?? ""
        case .license: action(object)
        default: ""
        }
    }

    private static func action(_ license: JSONValue?) -> String {
        if let action = license?["action"]?.string { return action }
        return ["add", "update", "remove"].first { license?[$0]?.bool == true } ?? ""
    }

    /// What a row calls a message.
    static func key(_ message: PendingMessage) -> String {
        let kind = message.topic.stream.kind
        switch kind {
        case .command, .commandUpdate: return message.commandName ?? ""
        case .unknown: return message.topic.topic.suffix
        case .config, .configUpdate:
            let version = ContentReader.value(message.message.payload)?["version"]
            return version.map { "version \($0.string ?? $0.description)" } ?? ""
        case .cloudSetting, .incident, .license: return label(ContentReader.value(message.message.payload), kind)
        default: return ""
        }
    }
}
