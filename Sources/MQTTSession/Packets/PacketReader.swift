import MQTTWire

/// Bytes that are no MQTT 5 packet, or one that a broker must not send.
struct MalformedPacket: Error, Hashable {
    /// What is wrong with it, for a person.
    var reason: String
}

/// Reads the body of a packet front to back; every read is checked against the end (MQTT 5.0 §1.5).
struct PacketReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    /// The bytes must stay where they are for as long as the reader, and what it hands out, is used.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }
    var isAtEnd: Bool { offset >= bytes.count }

    mutating func byte() throws(MalformedPacket) -> UInt8 {
        guard offset < bytes.count else { throw Self.truncated }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func twoBytes() throws(MalformedPacket) -> UInt16 {
        guard remaining >= 2 else { throw Self.truncated }
        defer { offset += 2 }
        return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    mutating func fourBytes() throws(MalformedPacket) -> UInt32 {
        let high = try twoBytes()
        return UInt32(high) << 16 | UInt32(try twoBytes())
    }

    mutating func variableByteInteger() throws(MalformedPacket) -> Int {
        var value = 0
        for shift in [0, 7, 14, 21] {
            let part = try byte()
            value |= Int(part & 0x7f) << shift
            if part & 0x80 == 0 { return value }
        }
        throw MalformedPacket(reason: "a length of more than four bytes")
    }

    mutating func slice(_ count: Int) throws(MalformedPacket) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw Self.truncated }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// Two bytes of length and as many bytes.
    mutating func binary() throws(MalformedPacket) -> UnsafeRawBufferPointer {
        try slice(Int(try twoBytes()))
    }

    mutating func text() throws(MalformedPacket) -> String {
        let bytes = try binary()
        guard let text = WireText.string(bytes) else {
            throw MalformedPacket(reason: "text that is not UTF-8")
        }
        return text
    }

    /// All that is left.
    mutating func rest() -> UnsafeRawBufferPointer {
        defer { offset = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[min(offset, bytes.count)...])
    }

    private static let truncated = MalformedPacket(reason: "a packet that ends too early")
}
