import Crypto
import Foundation

/// The key from which placeholders are made: it stays on the recording machine and never gets onto a tape, so that
/// whoever holds a tape cannot try out guesses.
public struct RedactionKey: Sendable {
    let key: SymmetricKey

    /// A short public name of the key, stored with the session: placeholders of two sessions can be compared where the
    /// names are equal.
    public let name: String

    /// Whether the key was made for this recording only, since there was no place to keep it.
    public let isEphemeral: Bool

    /// Uses given bytes.
    public init(bytes: [UInt8], isEphemeral: Bool = false) {
        key = SymmetricKey(data: bytes)
        self.isEphemeral = isEphemeral
        let code = HMAC<SHA256>.authenticationCode(for: Array("tapedeck redaction key name".utf8), using: key)
        name = code.prefix(4).hexadecimal
    }

    /// The key kept in `file`, made there (mode 0600) at first use; a key for this recording only where that fails.
    public static func kept(in file: String) -> RedactionKey {
        if let data = FileManager.default.contents(atPath: file), data.count >= 32 {
            return RedactionKey(bytes: Array(data))
        }
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let folder = (file as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return RedactionKey(bytes: bytes, isEphemeral: true) }
        defer { close(descriptor) }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(descriptor) == 0 else {
            unlink(file)
            return RedactionKey(bytes: bytes, isEphemeral: true)
        }
        return RedactionKey(bytes: bytes)
    }

    /// Where the key is kept: `TAPEDECK_REDACTION_KEY_FILE`, or `tapedeck/redaction.key` in the user's state folder
    /// (https://specifications.freedesktop.org/basedir-spec/latest/).
    public static func defaultFile(environment: [String: String]) -> String {
        if let file = environment["TAPEDECK_REDACTION_KEY_FILE"], !file.isEmpty { return file }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/tapedeck/redaction.key" }
        return (environment["HOME"] ?? "/var/lib") + "/.local/state/tapedeck/redaction.key"
    }
}

extension Sequence where Element == UInt8 {
    /// Two lower-case digits a byte.
    var hexadecimal: String {
        var text = ""
        for byte in self {
            text.append(byte < 16 ? "0" : "")
            text += String(byte, radix: 16)
        }
        return text
    }
}
