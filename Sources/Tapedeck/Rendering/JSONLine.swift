import DeviceProtocol
import JSONScan

/// A line of JSON that is put together from literal pieces and values.
struct JSONLine {
    /// The line so far.
    private(set) var bytes: [UInt8] = []

    /// Forgets the line and keeps its memory, but for that of an exceptionally long one.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
    }

    /// Appends text that already is JSON.
    mutating func append(_ json: StaticString) {
        json.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes that already are JSON.
    mutating func append(_ json: [UInt8]) {
        bytes.append(contentsOf: json)
    }

    /// Appends a whole number.
    mutating func append(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let first = bytes.count
        var rest = value.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[first...].reverse()
    }

    /// Appends an instant, RFC 3339, without quotes.
    mutating func append(_ time: Timestamp) {
        time.appendRFC3339(to: &bytes)
    }

    /// Appends any JSON value; numbers keep their spelling.
    mutating func append(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let text): append(text: text)
        case .array, .object: value.appendJSON(to: &bytes)
        }
    }

    /// Appends text as a JSON string.
    mutating func append(text: String) {
        append(utf8: text.utf8Span.span)
    }

    /// Appends UTF-8 as a JSON string: everything as it is but quotes, backslashes and control characters.
    mutating func append(utf8 text: Span<UInt8>) {
        text.withUnsafeBufferPointer { text in
            bytes.append(UInt8(ascii: "\""))
            var copied = 0
            for index in text.indices {
                let byte = text[index]
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<index]))
                escape(byte)
                copied = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append(byte < 0x10 ? "\\u000" : "\\u001")
            bytes.append(byte & 0xF < 10 ? UInt8(ascii: "0") + (byte & 0xF) : UInt8(ascii: "a") + (byte & 0xF) - 10)
        }
    }
}
