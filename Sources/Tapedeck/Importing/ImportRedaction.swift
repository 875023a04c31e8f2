import Recorder
import Tape

/// Redaction of messages that come from a file; those that were redacted before keep their placeholders.
struct ImportRedaction {
    private var redactor: Redactor

    /// Redacts with a key, as a recording does.
    init(key: RedactionKey, rules: RedactionRules = RedactionRules()) {
        redactor = Redactor(key: key, rules: rules)
    }

    /// The public name of the key in use.
    var keyName: String { redactor.keyName }

    /// Replaces the secrets of a message.
    ///
    /// - Returns: how many values were replaced now.
    mutating func redact(_ message: inout RecordedMessage) -> Int {
        redactor.redact(&message)
    }
}
