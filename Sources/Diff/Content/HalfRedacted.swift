import DeviceProtocol

/// Two texts of which one has placeholders where the other may have the secrets in the clear.
struct HalfRedacted {
    /// Stands for a text of which the other tape has redacted a secret.
    static let stand = "(not shown: the other tape has a secret redacted here)"

    /// The base's text as it may be shown.
    let base: String
    /// The candidate's text as it may be shown.
    let candidate: String
    /// Whether nothing but the secrets can differ, so that the two tapes cannot tell.
    let isUntellable: Bool

    /// Nil where both have placeholders, or neither.
    init?(base: String, candidate: String) {
        let (inBase, inCandidate) = (Self.around(base), Self.around(candidate))
        let isBaseRedacted = inBase.count > 1
        guard isBaseRedacted != (inCandidate.count > 1) else { return nil }
        isUntellable =
            isBaseRedacted ? Self.matches(candidate, around: inBase) : Self.matches(base, around: inCandidate)
        self.base = isBaseRedacted ? base : Self.stand
        self.candidate = isBaseRedacted ? Self.stand : candidate
    }

    /// What stands before, between and behind the placeholders of a text, with or without their digits.
    private static func around(_ text: String) -> [[UInt8]] {
        var bytes = Array(text.utf8)
        bytes = RedactedText.withoutDigits(bytes) ?? bytes
        let prefix = Array(RedactedText.prefix.utf8)
        var parts: [[UInt8]] = [[]]
        var index = 0
        while index < bytes.count {
            if bytes[index] == prefix[0], bytes[index...].starts(with: prefix) {
                parts.append([])
                index += prefix.count
            } else {
                parts[parts.count - 1].append(bytes[index])
                index += 1
            }
        }
        return parts
    }

    /// Whether a text has these parts in this order, from its first byte to its last.
    private static func matches(_ text: String, around parts: [[UInt8]]) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = parts.first, let last = parts.last, bytes.starts(with: first),
            bytes.count >= first.count + last.count, bytes.suffix(last.count).elementsEqual(last)
        else { return false }
        var rest = bytes[first.count..<bytes.count - last.count]
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = rest.indices.first(where: { rest[$0...].starts(with: part) }) else { return false }
            rest = rest[(place + part.count)...]
        }
        return true
    }
}
