/// Turns the bytes of string literals into text.
enum JSONEscapes {
    /// The text of literal content that has no escapes.
    static func copy(_ content: Span<UInt8>) -> String {
        content.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The text of literal content whose escapes the tokeniser has checked; lone surrogates become U+FFFD.
    static func decode(_ content: Span<UInt8>) -> String {
        // No escape is shorter than what it stands for, so the content's length is enough room.
        String(unsafeUninitializedCapacity: content.count) { buffer in
            var count = 0
            var index = 0
            while index < content.count {
                let byte = content[index]
                if byte != UInt8(ascii: "\\") {
                    buffer[count] = byte
                    count += 1
                    index += 1
                    continue
                }
                let (scalar, length) = scalar(at: index, in: content)
                for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                    buffer[count] = unit
                    count += 1
                }
                index += length
            }
            return count
        }
    }

    /// The value of a hexadecimal digit.
    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// What the escape at `index` stands for, and its length in bytes.
    static func scalar(at index: Int, in content: Span<UInt8>) -> (Unicode.Scalar, Int) {
        guard index + 1 < content.count else { return ("\u{FFFD}", 1) }
        switch content[index + 1] {
        case UInt8(ascii: "b"): return ("\u{8}", 2)
        case UInt8(ascii: "f"): return ("\u{C}", 2)
        case UInt8(ascii: "n"): return ("\n", 2)
        case UInt8(ascii: "r"): return ("\r", 2)
        case UInt8(ascii: "t"): return ("\t", 2)
        case UInt8(ascii: "u"):
            let unit = unit(at: index + 2, in: content)
            if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
            guard unit < 0xDC00, index + 7 < content.count, content[index + 6] == UInt8(ascii: "\\"),
                content[index + 7] == UInt8(ascii: "u")
            else { return ("\u{FFFD}", 6) }
            let low = Self.unit(at: index + 8, in: content)
            guard 0xDC00...0xDFFF ~= low else { return ("\u{FFFD}", 6) }
            let value = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
            return (Unicode.Scalar(value) ?? "\u{FFFD}", 12)
        case let byte: return (Unicode.Scalar(byte), 2)
        }
    }

    private static func unit(at index: Int, in content: Span<UInt8>) -> UInt16 {
        var unit: UInt16 = 0
        for position in index..<min(index + 4, content.count) {
            unit = unit << 4 | UInt16(hexDigit(content[position]) ?? 0)
        }
        return unit
    }
}
