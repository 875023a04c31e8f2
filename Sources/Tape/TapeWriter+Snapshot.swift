import DeviceProtocol
import SQLite

/// Messages beside those of the session that is being recorded.
extension TapeWriter {
    /// Adds retained messages of the past in a session of their own, durable when it returns.
    ///
    /// What is pending must have been committed. When it throws, nothing was stored.
    ///
    /// - Parameters:
    ///   - messages: the messages; sequence, session and arrival are set here, as by ``append(_:)``.
    ///   - session: their session, which is begun with the first messages; it has ended when it begins.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    public func append(snapshot messages: [RecordedMessage], of session: inout Session) throws(TapeError) {
        guard let first = messages.first, pendingCount == 0 else { return }
        var own = session
        var frames: [UInt8] = []
        var tally = ActivityTally()
        let firstArrival = first.monotonic &+ offset
        var lastArrival = firstArrival
        for (index, message) in messages.enumerated() {
            var message = message
            let arrival = message.monotonic &+ offset
            message.sequence = nextSequence + Int64(index)
            message.arrival = Timestamp(nanoseconds: arrival)
            MessageFrame.append(message, sinceLast: arrival - lastArrival, to: &frames)
            tally.count(message)
            lastArrival = arrival
            own.add(message)
        }
        own.startedAt = min(own.startedAt, Timestamp(nanoseconds: firstArrival))
        own.aliveAt = Timestamp(nanoseconds: lastArrival)
        own.endedAt = own.aliveAt
        own.endReason = "complete"
        let body = try compressed(frames[...])
        try write { () throws(SQLiteError) in
            if own.id == 0 { own.id = try tape.database.insert(own) }
            // A clock belongs to one session; the offset is that of the recording.
            let clockID = try tape.database.clock(of: own.id, offset: offset)
            try tape.database.insertBatch(
                JournalRow(
                    firstSequence: nextSequence, count: Int64(messages.count), session: own.id, clock: clockID,
                    firstArrival: firstArrival, lastArrival: lastArrival, size: Int64(frames.count), body: body))
            try tape.database.add(tally)
            try tape.database.update(own)
        }
        nextSequence += Int64(messages.count)
        session = own
    }
}

extension Connection {
    /// The last clock of a session if it has this offset, else a new one.
    fileprivate func clock(of session: Int64, offset: Int64) throws(SQLiteError) -> Int64 {
        var row = try prepare("SELECT id, offset FROM clock WHERE session = ? ORDER BY id DESC LIMIT 1")
        try row.bind(1, session)
        let isThere = try row.step()
        if isThere, row.integer(1) == offset { return row.integer(0) }
        return try insert(
            ArrivalClock.Offset(cause: isThere ? .step : .start, monotonic: 0, offset: offset, change: 0),
            session: session)
    }
}
