/// How a UUID is written: which letters, and with hyphens or without.
struct UUIDSpelling: Hashable, Sendable {
    var isUpperCase = false
    var hasHyphens = true

    init() {}

    /// Nil for a text that is no UUID.
    init?(_ text: Span<UInt8>) {
        guard text.count == 36 || text.count == 32 else { return nil }
        hasHyphens = text.count == 36
        var hasLower = false
        for index in 0..<text.count {
            if hasHyphens, index == 8 || index == 13 || index == 18 || index == 23 {
                guard text[index] == UInt8(ascii: "-") else { return nil }
                continue
            }
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "a")...UInt8(ascii: "f"): hasLower = true
            case UInt8(ascii: "A")...UInt8(ascii: "F"): isUpperCase = true
            default: return nil
            }
        }
        if hasLower { isUpperCase = false }
    }

    /// The text of a UUID of 16 bytes, which get a version and the variant of RFC 9562 §4.
    func text(_ bytes: some Sequence<UInt8>, version: UInt8) -> [UInt8] {
        let digits: StaticString = isUpperCase ? "0123456789ABCDEF" : "0123456789abcdef"
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.prefix(16).enumerated() {
            var byte = byte
            if index == 6 { byte = byte & 0x0f | version << 4 }
            if index == 8 { byte = byte & 0x3f | 0x80 }
            if hasHyphens, index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            digits.withUTF8Buffer {
                text.append($0[Int(byte >> 4)])
                text.append($0[Int(byte & 15)])
            }
        }
        return text
    }
}
