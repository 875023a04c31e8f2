import CLinux
import Glibc
import Synchronization

/// Asks for a password where a person sits in front of a terminal.
enum PasswordPrompt {
    /// What was answered, by user: a command that makes several connections asks once.
    private static let answers = Mutex<[String: String]>([:])

    /// The password of a user; nil where there is nobody to ask, or nothing was typed.
    static func answer(for username: String, at broker: String) -> String? {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
        return answers.withLock { answers in
            if let known = answers[username] { return known.isEmpty ? nil : known }
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = tapedeck_ask_secretly("Password of \(username) at \(broker): ", &bytes, Int32(bytes.count))
            guard count >= 0 else { return nil }
            let text = String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
            answers[username] = text
            return text.isEmpty ? nil : text
        }
    }
}
