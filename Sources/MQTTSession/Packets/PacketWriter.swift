import MQTTWire

/// What waits to be written, and the packets that are added to it.
struct PacketWriter {
    private(set) var bytes: [UInt8] = []
    /// Bytes at the front that the socket has taken.
    private var taken = 0
    /// Bytes that the socket has taken since the connection began.
    private(set) var written = 0

    /// A larger buffer is given back once it is empty, in bytes.
    private static let keptCapacity = 1 << 20

    var isEmpty: Bool { taken == bytes.count }
    /// Where the next packet begins, counted from the beginning of the connection.
    var end: Int { written + bytes.count - taken }

    mutating func removeAll() {
        bytes.removeAll()
        taken = 0
        written = 0
    }

    /// Hands what waits to `send`, which says how much of it was taken.
    mutating func write<Failure>(
        _ send: (UnsafeRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        let first = taken
        // A typed error does not pass withUnsafeBytes.
        let result: Result<Int, Failure> = bytes.withUnsafeBytes { all in
            do throws(Failure) {
                return .success(try send(UnsafeRawBufferPointer(rebasing: all[first...])))
            } catch {
                return .failure(error)
            }
        }
        let count = try result.get()
        taken += count
        written += count
        if taken == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
            taken = 0
        } else if taken > Self.keptCapacity {
            bytes.removeFirst(taken)
            taken = 0
        }
        return count
    }

    /// A packet of a known length: header byte, length, and the body that the closure appends.
    mutating func append(header: UInt8, length: Int, _ body: (inout [UInt8]) -> Void) {
        bytes.append(header)
        VariableByteInteger.append(length, to: &bytes)
        body(&bytes)
    }

    /// The short answers that carry nothing but a packet identifier: PUBACK, PUBREC, PUBREL, PUBCOMP (MQTT 5.0 §3.4).
    mutating func appendAnswer(_ type: PacketType, packetID: UInt16) {
        // PUBREL has a reserved flag that must be set (MQTT 5.0 §3.6.1).
        bytes.append(type.rawValue << 4 | (type == .pubrel ? 2 : 0))
        bytes.append(2)
        bytes.append(UInt8(packetID >> 8))
        bytes.append(UInt8(truncatingIfNeeded: packetID))
    }

    mutating func appendPing() {
        bytes.append(PacketType.pingreq.rawValue << 4)
        bytes.append(0)
    }

    /// DISCONNECT with reason code 0 (MQTT 5.0 §3.14): the broker keeps the session for as long as its expiry says, which
    /// may be set to nothing here.
    mutating func appendDisconnect(forgetsSession: Bool) {
        bytes.append(PacketType.disconnect.rawValue << 4)
        bytes += forgetsSession ? [7, 0, 5, 17, 0, 0, 0, 0] : [0]
    }

    mutating func append(_ other: inout PacketWriter) {
        guard !other.isEmpty else { return }
        bytes.append(contentsOf: other.bytes[other.taken...])
        other.bytes.removeAll(keepingCapacity: true)
        other.taken = 0
    }
}

extension [UInt8] {
    mutating func append(bigEndian value: UInt16) {
        append(UInt8(value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    mutating func append(bigEndian value: UInt32) {
        append(bigEndian: UInt16(value >> 16))
        append(bigEndian: UInt16(truncatingIfNeeded: value))
    }

    /// Two bytes of length and the text; the caller has made sure that it has at most 65,535 bytes.
    mutating func append(mqtt text: String) {
        let utf8 = text.utf8
        append(bigEndian: UInt16(clamping: utf8.count))
        append(contentsOf: utf8.prefix(Int(UInt16.max)))
    }
}
