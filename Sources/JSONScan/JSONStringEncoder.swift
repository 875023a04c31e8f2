/// Writes string literals.
enum JSONStringEncoder {
    /// Appends `text` in quotes.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        append(text.utf8Span.span, to: &bytes)
    }

    /// Appends UTF-8 in quotes: everything as it is but quotes, backslashes and control characters; ill-formed
    /// sequences become U+FFFD.
    static func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.reserveCapacity(growing(bytes, by: text.count + 2))
        bytes.append(UInt8(ascii: "\""))
        var copied = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                    index += 1
                    continue
                }
                copy(text.extracting(copied..<index), to: &bytes)
                escape(byte, to: &bytes)
                index += 1
                copied = index
            } else if let length = UTF8Sequence.length(at: index, in: text) {
                index += length
            } else {
                copy(text.extracting(copied..<index), to: &bytes)
                bytes.append(contentsOf: UTF8.encodedReplacementCharacter)
                index += 1
                copied = index
            }
        }
        copy(text.extracting(copied..<index), to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A capacity that holds `count` more bytes and still grows in proportion, so that many appends stay linear.
    private static func growing(_ bytes: [UInt8], by count: Int) -> Int {
        let needed = bytes.count + count
        return needed <= bytes.capacity ? 0 : max(needed, bytes.capacity * 2)
    }

    private static func copy(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        text.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    }

    private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(hexDigit(byte >> 4))
            bytes.append(hexDigit(byte & 0xF))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
