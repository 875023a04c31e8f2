extension MessageBlock {
    /// Appends all messages of a segment.
    ///
    /// - Throws: ``SegmentDamage`` where it cannot be read; the block is then unusable.
    mutating func append(_ segment: SegmentReader) throws(SegmentDamage) {
        let rows = try SegmentRows(segment, window: .min ..< .max)
        guard rows.rows.count == segment.layout.count else { throw SegmentDamage("messages are missing") }
        let packetIDs = try segment.packetIDs()
        var topics: [[UInt8]] = []
        for topic in segment.layout.topics.indices { topics.append(Array(try segment.topic(topic).utf8)) }
        let clocks = segment.layout.clocks
        var clock = 0
        for (index, row) in rows.rows.enumerated() {
            while clock + 1 < clocks.count, clocks[clock + 1].first <= index { clock += 1 }
            let content = rows.contents[row.group]
            let flags = MessageFlags(rawValue: UInt8(truncatingIfNeeded: content.flags[row.row]))
            append(
                Row(
                    arrival: row.arrival, clock: clocks[clock].number,
                    duplicateDistance: UInt64(bitPattern: content.duplicates[row.row]),
                    redactions: UInt64(bitPattern: content.redactions[row.row]),
                    packetID: flags.has(MessageFlags.packetID) ? UInt16(truncatingIfNeeded: packetIDs[index]) : 0,
                    flags: flags, topic: ByteRange(start: 0, count: 0), properties: ByteRange(start: 0, count: 0),
                    payload: ByteRange(start: 0, count: 0)),
                topic: topics[row.topic], content: content, groupRow: row.row)
            guard bytes.count <= Self.byteLimit else {
                throw SegmentDamage("more than \(Self.byteLimit) bytes in one segment")
            }
        }
    }
}
