/// Unsigned LEB128: seven bits a byte, low ones first, the top bit set on all but the last.
enum VariableInteger {
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads bytes front to back; every read is checked against the end.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset >= bytes.count }

    mutating func byte() throws(MalformedFrame) -> UInt8 {
        guard offset < bytes.count else { throw MalformedFrame(offset: offset, reason: "it ends too early") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func integer() throws(MalformedFrame) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let part = try byte()
            guard shift < 63 || part <= 1 else {
                throw MalformedFrame(offset: offset, reason: "a number of more than 64 bits")
            }
            value |= UInt64(part & 0x7f) << shift
            if part & 0x80 == 0 { return value }
            shift += 7
        }
    }

    /// A signed number, written zigzag: 0, -1, 1, -2 and so on as 0, 1, 2, 3.
    mutating func signedInteger() throws(MalformedFrame) -> Int64 {
        let value = try integer()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A number of things of which each takes at least one byte of what is left.
    mutating func count() throws(MalformedFrame) -> Int {
        let count = try integer()
        guard count <= UInt64(bytes.count - offset) else {
            throw MalformedFrame(offset: offset, reason: "\(count) items expected, \(bytes.count - offset) bytes left")
        }
        return Int(count)
    }

    /// A length and as many bytes.
    mutating func slice() throws(MalformedFrame) -> ArraySlice<UInt8> {
        let count = try integer()
        guard count <= UInt64(bytes.count - offset) else {
            throw MalformedFrame(offset: offset, reason: "\(count) bytes expected, \(bytes.count - offset) there")
        }
        defer { offset += Int(count) }
        return bytes[offset..<offset + Int(count)]
    }
}

/// Bytes of a journal batch that are no message frames.
struct MalformedFrame: Error, Hashable {
    var offset: Int
    var reason: String
}
