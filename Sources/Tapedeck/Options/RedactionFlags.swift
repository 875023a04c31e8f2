import ArgumentParser
import Foundation
import Recorder

/// What is redacted beside what is known to be secret.
struct RedactionRuleFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Redact what stands at this JSON Pointer in payloads too; may be repeated.", valueName: "/json/pointer"))
    var redact: [String] = []

    @Option(
        help: ArgumentHelp(
            "Redact members and user properties of this name too, at any depth; may be repeated.", valueName: "name"))
    var redactKey: [String] = []

    func validate() throws {
        _ = try rules()
    }

    /// The rules as given.
    ///
    /// - Throws: `ValidationError` for what is none.
    func rules() throws -> RedactionRules {
        do {
            return try RedactionRules(names: redactKey, pointers: redact)
        } catch {
            throw ValidationError("\(error).")
        }
    }

    /// The key kept on this machine, so that placeholders of all tapes made here can be compared; says so where there is
    /// no place to keep one.
    static func key() -> RedactionKey {
        let file = RedactionKey.defaultFile(environment: ProcessInfo.processInfo.environment)
        let key = RedactionKey.kept(in: file)
        if key.isEphemeral {
            Notes.note(
                "note: no place to keep the redaction key (\(file)): placeholders can be compared with those of no other "
                    + "session")
        }
        return key
    }
}

/// Whether, and what, is redacted.
struct RedactionFlags: ParsableArguments {
    @Flag(help: "Write access keys and other secrets to the tape as they are.")
    var keepSecrets = false

    @OptionGroup var rules: RedactionRuleFlags

    func validate() throws {
        guard keepSecrets, try !rules.rules().isEmpty else { return }
        throw ValidationError("--keep-secrets keeps everything: --redact and --redact-key cannot stand beside it.")
    }

    /// Says loudly that secrets get onto a tape, where they do.
    func warn(tape: String) {
        guard keepSecrets else { return }
        Notes.warning("--keep-secrets: access keys are written to \(tape) as they are; treat it like a password")
    }

    /// The key of the placeholders; nil where secrets are kept.
    func key() -> RedactionKey? {
        keepSecrets ? nil : RedactionRuleFlags.key()
    }
}
