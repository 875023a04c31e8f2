/// Base64 (RFC 4648 §4), the form that bytes take in JSON.
public enum Base64Text {
    /// The text that stands for bytes, with its padding.
    public static func encode(_ bytes: Span<UInt8>) -> String {
        let size = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: size) { buffer in
            var end = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let count = min(3, bytes.count - start)
                var word: UInt32 = 0
                for index in 0..<3 { word = word << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
                for index in 0..<4 {
                    buffer[end] = index > count ? pad : alphabet[Int(word >> UInt32(18 - 6 * index) & 0x3f)]
                    end += 1
                }
            }
            return size
        }
    }

    /// The bytes that a text stands for; nil unless it is Base64 with its padding and without anything else.
    public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        guard text.count > 0 else { return [] }
        let padding = text[text.count - 1] != pad ? 0 : text[text.count - 2] != pad ? 1 : 2
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { buffer, count in
            for start in stride(from: 0, to: text.count, by: 4) {
                let isLast = start + 4 == text.count
                var word: UInt32 = 0
                for index in start..<start + 4 {
                    let isPadding = isLast && index >= text.count - padding
                    let value = isPadding ? 0 : values[Int(text[index])]
                    isValid = isValid && value < 64
                    word = word << 6 | UInt32(value & 0x3f)
                }
                for byte in 0..<(isLast ? 3 - padding : 3) {
                    buffer[count] = UInt8(truncatingIfNeeded: word >> UInt32(16 - 8 * byte))
                    count += 1
                }
                // Bits that no byte takes must be zero, or two texts would stand for the same bytes.
                if isLast, padding > 0 { isValid = isValid && word & (1 << UInt32(8 * padding) - 1) == 0 }
            }
        }
        return isValid ? bytes : nil
    }

    private static let pad = UInt8(ascii: "=")

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The six bits of each character, 255 for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
