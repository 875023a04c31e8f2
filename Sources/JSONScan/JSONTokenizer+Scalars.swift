extension JSONTokenizer {
    /// Reads a string whose opening quote stands at ``offset``.
    mutating func string(_ kind: JSONToken.Kind, in bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        let start = offset + 1
        var token = JSONToken(kind: kind, start: start, end: start)
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            // Nearly every byte is plain: one comparison less for those than in the switch.
            if 0x23...0x5B ~= byte || 0x5D...0x7F ~= byte {
                index += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                token.end = index
                offset = index + 1
                return token
            case UInt8(ascii: "\\"):
                token.hasEscapes = true
                index = try escape(at: index, in: bytes, token: &token)
            case 0x20..<0x80:
                index += 1
            case 0x80...:
                guard let length = UTF8Sequence.length(at: index, in: bytes) else {
                    throw JSONError(offset: index, expected: .utf8)
                }
                index += length
            default:
                throw JSONError(offset: index, expected: .escapedControl)
            }
        }
        throw JSONError(offset: index, expected: .stringEnd)
    }

    /// Checks the escape whose backslash stands at `index` and gives the offset behind it.
    private func escape(at index: Int, in bytes: Span<UInt8>, token: inout JSONToken) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw JSONError(offset: bytes.count, expected: .escape) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        case UInt8(ascii: "u"):
            let unit = try hexUnit(at: index + 2, in: bytes)
            guard 0xD800...0xDFFF ~= unit else { return index + 6 }
            if unit < 0xDC00, index + 7 < bytes.count, bytes[index + 6] == UInt8(ascii: "\\"),
                bytes[index + 7] == UInt8(ascii: "u"), 0xDC00...0xDFFF ~= (try hexUnit(at: index + 8, in: bytes))
            {
                return index + 12
            }
            token.hasLoneSurrogate = true
            return index + 6
        default:
            throw JSONError(offset: index + 1, expected: .escape)
        }
    }

    private func hexUnit(at index: Int, in bytes: Span<UInt8>) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for position in index..<index + 4 {
            guard position < bytes.count, let digit = JSONEscapes.hexDigit(bytes[position]) else {
                throw JSONError(offset: min(position, bytes.count), expected: .hexDigit)
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// Reads a number whose sign or first digit stands at ``offset`` (RFC 8259 §6).
    mutating func number(in bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        var token = JSONToken(kind: .number, start: offset, end: offset)
        token.isInteger = true
        var index = offset
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: "0") {
            index += 1
        } else {
            index = try digits(from: index, in: bytes)
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            token.isInteger = false
            index = try digits(from: index + 1, in: bytes)
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            token.isInteger = false
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            index = try digits(from: index, in: bytes)
        }
        token.end = index
        offset = index
        return token
    }

    /// The offset behind one or more digits.
    private func digits(from start: Int, in bytes: Span<UInt8>) throws(JSONError) -> Int {
        var index = start
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        guard index > start else { throw JSONError(offset: index, expected: .digit) }
        return index
    }

    /// Reads one of the three literal names.
    mutating func word(
        _ word: StaticString, _ kind: JSONToken.Kind, in bytes: Span<UInt8>
    ) throws(JSONError) -> JSONToken {
        let count = word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { buffer in
            guard bytes.count - offset >= count else { return false }
            for index in buffer.indices where buffer[index] != bytes[offset + index] { return false }
            return true
        }
        guard matches else { throw JSONError(offset: offset, expected: .value) }
        offset += count
        return JSONToken(kind: kind, start: offset - count, end: offset)
    }
}

/// Well-formed UTF-8 sequences of more than one byte (Unicode 16.0, table 3-7).
enum UTF8Sequence {
    /// The length of the sequence that begins at `index` with a byte of 0x80 or more; nil when it is ill-formed.
    static func length(at index: Int, in bytes: Span<UInt8>) -> Int? {
        let rest = bytes.count - index
        switch bytes[index] {
        case 0xC2...0xDF:
            return rest >= 2 && isContinuation(bytes[index + 1]) ? 2 : nil
        case 0xE0...0xEF:
            guard rest >= 3, isContinuation(bytes[index + 2]) else { return nil }
            let second = bytes[index + 1]
            let valid =
                switch bytes[index] {
                case 0xE0: 0xA0...0xBF ~= second
                case 0xED: 0x80...0x9F ~= second
                default: isContinuation(second)
                }
            return valid ? 3 : nil
        case 0xF0...0xF4:
            guard rest >= 4, isContinuation(bytes[index + 2]), isContinuation(bytes[index + 3]) else { return nil }
            let second = bytes[index + 1]
            let valid =
                switch bytes[index] {
                case 0xF0: 0x90...0xBF ~= second
                case 0xF4: 0x80...0x8F ~= second
                default: isContinuation(second)
                }
            return valid ? 4 : nil
        default:
            return nil
        }
    }

    private static func isContinuation(_ byte: UInt8) -> Bool {
        byte & 0xC0 == 0x80
    }
}
