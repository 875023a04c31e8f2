import Foundation
import MQTTWire
import Recorder

/// Redaction of messages that may have been redacted before.
struct ImportRedaction {
    private var redactor: Redactor

    /// Redacts with a key, as a recording does.
    init(key: RedactionKey) {
        redactor = Redactor(key: key)
    }

    /// The public name of the key in use.
    var keyName: String { redactor.keyName }

    /// The properties with every secret replaced but those that are placeholders already, and how many were.
    mutating func redact(_ properties: PublishProperties) -> (properties: PublishProperties, count: Int) {
        let (redacted, count) = redactor.redact(properties)
        guard count > 0 else { return (properties, 0) }
        var result = PublishProperties()
        var kept = 0
        for (original, replaced) in zip(properties.list, redacted.list) {
            if original != replaced, case .userProperty(_, let value) = original, Self.isPlaceholder(value) {
                result.append(original)
                kept += 1
            } else {
                result.append(replaced)
            }
        }
        return (result, count - kept)
    }

    /// Whether a text is what ``Redactor`` puts in the place of a secret.
    static func isPlaceholder(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.starts(with: Redactor.placeholderPrefix.utf8) else { return false }
        let digits = bytes.dropFirst(Redactor.placeholderPrefix.utf8.count)
        return digits.count == 32
            && digits.allSatisfy { byte in
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
            }
    }
}
