/// How a device's JSON library spells what it writes.
enum JSONSpelling: Sendable, Hashable, CaseIterable {
    /// No white space at all, as `JSON.stringify` has it.
    case compact
    /// A space after commas and colons, everything beyond ASCII escaped: Python's `json.dumps`.
    case spaced
    /// A line for each member, indented by two spaces.
    case pretty

    /// Whether a whole number that was a float keeps its `.0`.
    var keepsPoint: Bool { self == .spaced }

    /// The same JSON in this spelling; `compact` is valid JSON without white space outside of strings.
    func respell(_ compact: [UInt8]) -> [UInt8] {
        switch self {
        case .compact: compact
        case .spaced: Self.spaced(compact)
        case .pretty: Self.indented(compact)
        }
    }

    private static func spaced(_ compact: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(compact.count + compact.count / 4)
        var strings = StringTracker()
        var index = 0
        while index < compact.count {
            let byte = compact[index]
            let inside = strings.advance(byte)
            if inside, byte >= 0x80 {
                index = appendEscapes(of: compact, at: index, to: &output)
                continue
            }
            output.append(byte)
            if !inside, byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") { output.append(UInt8(ascii: " ")) }
            index += 1
        }
        return output
    }

    private static func indented(_ compact: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(compact.count * 2)
        var strings = StringTracker()
        var depth = 0
        func newline() -> [UInt8] { [UInt8(ascii: "\n")] + Array(repeating: UInt8(ascii: " "), count: 2 * depth) }
        for (index, byte) in compact.enumerated() {
            let inside = strings.advance(byte)
            let previous = index > 0 ? compact[index - 1] : 0
            switch byte {
            case _ where inside: output.append(byte)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                let isEmpty = index + 1 < compact.count && compact[index + 1] == byte + 2
                if !isEmpty {
                    depth += 1
                    output += newline()
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if previous != byte - 2 {
                    depth -= 1
                    output += newline()
                }
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                output += newline()
            case UInt8(ascii: ":"):
                output.append(byte)
                output.append(UInt8(ascii: " "))
            default: output.append(byte)
            }
        }
        return output
    }

    /// Appends the UTF-16 escapes of the character at `index` and gives the index behind it.
    private static func appendEscapes(of bytes: [UInt8], at index: Int, to output: inout [UInt8]) -> Int {
        var end = index + 1
        while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
        for unit in String(decoding: bytes[index..<end], as: UTF8.self).utf16 {
            let digits = String(unit, radix: 16)
            output += Array("\\u".utf8) + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.utf8.count)
            output += Array(digits.utf8)
        }
        return end
    }
}

/// Knows whether a byte of JSON lies inside a string literal.
private struct StringTracker {
    private var isInside = false
    private var isEscaped = false

    /// Takes the next byte; the quotes themselves count as outside.
    mutating func advance(_ byte: UInt8) -> Bool {
        guard isInside else {
            isInside = byte == UInt8(ascii: "\"")
            return false
        }
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInside = false
            return false
        }
        return true
    }
}
