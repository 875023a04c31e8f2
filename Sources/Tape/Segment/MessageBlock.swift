import DeviceProtocol
import MQTTWire

/// Where bytes lie in an arena.
@usableFromInline
struct ByteRange: Hashable, Sendable {
    @usableFromInline var start: UInt32
    @usableFromInline var count: UInt32

    init(start: Int, count: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.count = UInt32(truncatingIfNeeded: count)
    }

    @inlinable var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// Messages in order of arrival as plain records over one arena: what the sealer reads, encodes and compares with.
///
/// Far cheaper than as many ``RecordedMessage`` values, each of which owns three allocations.
struct MessageBlock {
    /// One message.
    struct Row {
        /// Wall time of arrival, ns since the Unix epoch.
        var arrival: Int64
        /// The row of table `clock` under which it was stamped.
        var clock: Int64
        /// The original's distance in `seq`; 0 where this is no redelivery.
        var duplicateDistance: UInt64
        /// Values replaced at capture.
        var redactions: UInt64
        var packetID: UInt16
        var flags: MessageFlags
        var topic: ByteRange
        var properties: ByteRange
        var payload: ByteRange
    }

    /// The number of the first message; the rest follow without a gap.
    var firstSequence: Int64
    private(set) var bytes: [UInt8] = []
    private(set) var rows: [Row] = []

    init(firstSequence: Int64) {
        self.firstSequence = firstSequence
    }

    var count: Int { rows.count }

    /// Empties the block and keeps its memory.
    mutating func removeAll(firstSequence: Int64) {
        self.firstSequence = firstSequence
        bytes.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
    }

    /// The most bytes that a block may hold, so that 32-bit offsets suffice.
    static let byteLimit = 1 << 31

    /// Appends a restored journal batch.
    ///
    /// - Throws: ``MalformedFrame`` when the bytes are not `count` message frames; the block is then as it was.
    mutating func append(frames: [UInt8], count: Int64, firstArrival: Int64, clock: Int64) throws(MalformedFrame) {
        let before = (bytes.count, rows.count)
        do {
            try appendAll(frames, count, firstArrival, clock)
        } catch {
            bytes.removeSubrange(before.0...)
            rows.removeSubrange(before.1...)
            throw error
        }
    }

    private mutating func appendAll(
        _ frames: [UInt8], _ count: Int64, _ firstArrival: Int64, _ clock: Int64
    ) throws(MalformedFrame) {
        let base = bytes.count
        guard count >= 0 else { throw MalformedFrame(offset: 0, reason: "\(count) messages") }
        guard base + frames.count <= Self.byteLimit else {
            throw MalformedFrame(offset: 0, reason: "more than \(Self.byteLimit) bytes in one segment")
        }
        bytes.append(contentsOf: frames)
        var reader = FrameFields(offset: base, end: bytes.count)
        let added = try Self.rows(in: bytes.span, &reader, count, after: firstArrival, clock: clock)
        rows.append(contentsOf: added)
        guard reader.offset == reader.end else {
            throw MalformedFrame(offset: reader.offset - base, reason: "bytes are left over")
        }
    }

    private static func rows(
        in span: Span<UInt8>, _ reader: inout FrameFields, _ count: Int64, after first: Int64, clock: Int64
    ) throws(MalformedFrame) -> [Row] {
        var arrival = first
        var rows: [Row] = []
        for _ in 0..<count {
            let row = try reader.row(in: span, after: arrival, clock: clock)
            arrival = row.arrival
            rows.append(row)
        }
        return rows
    }

    /// Appends a message; for tests and for what does not come from a journal.
    mutating func append(_ message: RecordedMessage, clock: Int64) {
        var row = Row(
            arrival: message.arrival.nanoseconds, clock: clock,
            duplicateDistance: message.duplicateOf.map { UInt64(bitPattern: message.sequence &- $0) } ?? 0,
            redactions: UInt64(clamping: message.redactions), packetID: message.packetID ?? 0,
            flags: MessageFlags(message), topic: ByteRange(start: 0, count: 0),
            properties: ByteRange(start: 0, count: 0), payload: ByteRange(start: 0, count: 0))
        row.topic = append(message.topic.utf8)
        row.properties = append(message.properties.bytes)
        row.payload = append(message.payload)
        rows.append(row)
    }

    /// Appends a row of a group.
    mutating func append(_ row: Row, topic: [UInt8], content: GroupContent, groupRow: Int) {
        var row = row
        row.topic = append(topic)
        let properties = bytes.count
        content.appendProperties(groupRow, to: &bytes)
        let payload = bytes.count
        content.appendPayload(groupRow, to: &bytes)
        row.properties = ByteRange(start: properties, count: payload - properties)
        row.payload = ByteRange(start: payload, count: bytes.count - payload)
        rows.append(row)
    }

    private mutating func append(_ part: some Collection<UInt8>) -> ByteRange {
        let start = bytes.count
        bytes.append(contentsOf: part)
        return ByteRange(start: start, count: bytes.count - start)
    }
}

/// Takes message frames apart without copying their parts.
private struct FrameFields {
    var offset: Int
    let end: Int

    mutating func row(
        in bytes: Span<UInt8>, after arrival: Int64, clock: Int64
    ) throws(MalformedFrame) -> MessageBlock.Row {
        let since = try integer(in: bytes)
        let flags = MessageFlags(rawValue: try byte(in: bytes))
        guard flags.rawValue & MessageFlags.qosMask != 3 else { throw MalformedFrame(offset: offset, reason: "QoS 3") }
        let packetID = flags.has(MessageFlags.packetID) ? try integer(in: bytes) : 0
        let distance = flags.has(MessageFlags.duplicateOf) ? try integer(in: bytes) : 0
        let redactions = flags.has(MessageFlags.redacted) ? try integer(in: bytes) : 0
        let topic = try slice(in: bytes)
        let properties =
            flags.has(MessageFlags.properties) ? try slice(in: bytes) : ByteRange(start: offset, count: 0)
        return MessageBlock.Row(
            arrival: arrival &+ Int64(truncatingIfNeeded: since), clock: clock, duplicateDistance: distance,
            redactions: redactions, packetID: UInt16(truncatingIfNeeded: packetID), flags: flags, topic: topic,
            properties: properties, payload: try slice(in: bytes))
    }

    private mutating func byte(in bytes: Span<UInt8>) throws(MalformedFrame) -> UInt8 {
        guard offset < end else { throw MalformedFrame(offset: offset, reason: "it ends too early") }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func integer(in bytes: Span<UInt8>) throws(MalformedFrame) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let part = try byte(in: bytes)
            guard shift < 63 || part <= 1 else {
                throw MalformedFrame(offset: offset, reason: "a number of more than 64 bits")
            }
            value |= UInt64(part & 0x7f) << shift
            if part & 0x80 == 0 { return value }
            shift += 7
        }
    }

    private mutating func slice(in bytes: Span<UInt8>) throws(MalformedFrame) -> ByteRange {
        let count = try integer(in: bytes)
        guard count <= UInt64(end - offset) else {
            throw MalformedFrame(offset: offset, reason: "\(count) bytes expected, \(end - offset) there")
        }
        defer { offset += Int(count) }
        return ByteRange(start: offset, count: Int(count))
    }
}
