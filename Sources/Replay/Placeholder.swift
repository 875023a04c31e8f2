/// What a recording holds in place of a secret: `redacted:` and hexadecimal digits that tell equal secrets.
enum Placeholder {
    static let prefix = "redacted:"

    /// Whether a text begins as a placeholder does; whatever follows, such a text is never sent.
    static func matches(_ text: String) -> Bool {
        text.utf8.starts(with: prefix.utf8)
    }

    /// Whether placeholders may be among properties in their wire form: quick, and wrong only by saying yes too often.
    static func mayOccur(in bytes: [UInt8]) -> Bool {
        let pattern = prefix.utf8
        guard bytes.count >= pattern.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            (0...bytes.count - pattern.count).contains { start in
                bytes[start] == UInt8(ascii: "r") && bytes[start..<start + pattern.count].elementsEqual(pattern)
            }
        }
    }
}
