import DeviceProtocol
import SQLite

/// Reads the selected messages of a tape in order of arrival, one batch in memory at a time.
///
/// A damaged batch is passed over and noted in ``damages``; the messages of all others are read.
public final class MessageCursor {
    /// Parts that could not be read, as far as the cursor has come.
    public private(set) var damages: [TapeError] = []

    private let selection: Selection
    private let path: String
    private let after: Int64
    private let decompressor: BatchDecompressor
    private var rows: Statement
    private var current: (reader: JournalBatch.FrameReader, first: Int64)?

    init(_ connection: borrowing Connection, selection: Selection, after sequence: Int64) throws(TapeError) {
        self.selection = selection
        path = connection.path
        do {
            decompressor = try BatchDecompressor()
        } catch {
            throw .system(path: connection.path, action: "read", reason: error.reason)
        }
        do {
            rows = try connection.prepare(
                JournalBatch.selectSQL + """
                     WHERE j.first_seq + j.count - 1 > ? AND j.last_arrival >= ? AND j.first_arrival < ?
                    ORDER BY j.first_seq
                    """)
            try rows.bind(1, sequence)
            try rows.bind(2, selection.since?.nanoseconds ?? .min)
            // Nothing arrives at the last nanosecond that 64 bits can name, so that "<" loses nothing here.
            try rows.bind(3, selection.until?.nanoseconds ?? .max)
        } catch {
            throw TapeError.from(error)
        }
        after = sequence
    }

    /// The next selected message, or nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func next() throws(TapeError) -> RecordedMessage? {
        while true {
            while let message = nextInBatch() {
                if message.sequence > after, selection.matches(message) { return message }
            }
            guard try nextBatch() else { return nil }
        }
    }

    private func nextInBatch() -> RecordedMessage? {
        guard current != nil else { return nil }
        do {
            if let message = try current?.reader.next() { return message }
        } catch {
            let count = current?.reader.remaining ?? 0
            damages.append(damage(current?.first ?? 0, count, "\(error.reason) (byte \(error.offset))"))
        }
        current = nil
        return nil
    }

    private func damage(_ first: Int64, _ count: Int64, _ reason: String) -> TapeError {
        .damaged(
            path: path, part: "the journal batch at seq \(first), \(count) message\(count == 1 ? "" : "s") lost",
            reason: reason)
    }

    private func nextBatch() throws(TapeError) -> Bool {
        while true {
            do {
                guard try rows.step() else { return false }
            } catch {
                throw TapeError.from(error)
            }
            let first = rows.integer(0)
            if !selection.sessions.isEmpty, !selection.sessions.contains(rows.integer(2)) { continue }
            do {
                current = (JournalBatch.FrameReader(try JournalBatch(row: rows, decompressor: decompressor)), first)
                return true
            } catch {
                damages.append(damage(first, rows.integer(1), error.reason))
            }
        }
    }
}
