import DeviceProtocol
import MQTTWire
import SQLite

/// What a copy writes that a recording does not.
extension Connection {
    func insert(_ clock: ClockRow, session: Int64) throws(SQLiteError) -> Int64 {
        var row = try prepare("INSERT INTO clock (session, cause, monotonic, offset) VALUES (?, ?, ?, ?)")
        try row.bind(1, session)
        try row.bind(2, clock.cause)
        try row.bind(3, clock.monotonic)
        try row.bind(4, clock.offset)
        try row.run()
        return lastInsertedRow
    }

    /// Enters the lowest and the highest clock of a segment: where sessions interleave, those of its first and last
    /// message do not enclose all, and a reader that wants one session would pass over the segment.
    func setClocks(of block: MessageBlock) throws(SQLiteError) {
        guard var lowest = block.rows.first?.clock else { return }
        var highest = lowest
        for row in block.rows {
            lowest = min(lowest, row.clock)
            highest = max(highest, row.clock)
        }
        var update = try prepare("UPDATE segment SET first_clock = ?, last_clock = ? WHERE first_seq = ?")
        try update.bind(1, lowest)
        try update.bind(2, highest)
        try update.bind(3, block.firstSequence)
        try update.run()
    }

    /// Stores messages as journal batches, one for each stretch of one clock in which time does not go back.
    func insertJournal(_ block: MessageBlock, _ compressor: BatchCompressor) throws(SQLiteError) {
        let clocks = try clocks()
        var start = 0
        while start < block.count {
            var end = start + 1
            while end < block.count, block.rows[end].clock == block.rows[start].clock,
                block.rows[end].arrival >= block.rows[end - 1].arrival
            {
                end += 1
            }
            try insertBatch(block, start..<end, session: clocks[block.rows[start].clock]?.session ?? 0, compressor)
            start = end
        }
    }

    private func insertBatch(
        _ block: MessageBlock, _ range: Range<Int>, session: Int64, _ compressor: BatchCompressor
    ) throws(SQLiteError) {
        var frames: [UInt8] = []
        let (first, last) = (block.rows[range.lowerBound], block.rows[range.upperBound - 1])
        var before = first.arrival
        for index in range {
            MessageFrame.append(block.message(index), sinceLast: block.rows[index].arrival &- before, to: &frames)
            before = block.rows[index].arrival
        }
        let body: [UInt8]
        do {
            body = try compressor.compress(frames)
        } catch {
            throw SQLiteError(code: 1, message: error.reason, path: path)
        }
        try insertBatch(
            JournalRow(
                firstSequence: block.firstSequence &+ Int64(range.lowerBound), count: Int64(range.count),
                session: session, clock: first.clock, firstArrival: first.arrival, lastArrival: last.arrival,
                size: Int64(frames.count), body: body))
    }
}

extension MessageBlock {
    /// A message as its frame needs it.
    fileprivate func message(_ index: Int) -> RecordedMessage {
        let row = rows[index]
        let sequence = firstSequence &+ Int64(index)
        let properties = try? PublishProperties(validating: Array(bytes[row.properties.range]))
        return RecordedMessage(
            sequence: sequence, session: 0, arrival: Timestamp(nanoseconds: row.arrival), monotonic: 0,
            topic: String(decoding: bytes[row.topic.range], as: UTF8.self), payload: Array(bytes[row.payload.range]),
            qos: QualityOfService(rawValue: row.flags.rawValue & MessageFlags.qosMask) ?? .atMostOnce,
            retain: row.flags.has(MessageFlags.retain), dup: row.flags.has(MessageFlags.dup),
            packetID: row.flags.has(MessageFlags.packetID) ? row.packetID : nil,
            duplicateOf: row.flags.has(MessageFlags.duplicateOf)
                ? sequence &- Int64(bitPattern: row.duplicateDistance) : nil,
            redactions: Int(clamping: row.redactions), properties: properties ?? PublishProperties())
    }
}
