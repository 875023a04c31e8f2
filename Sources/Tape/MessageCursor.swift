import DeviceProtocol
import SQLite

/// Reads the selected messages of a tape in order of arrival, one batch or segment in memory at a time.
///
/// A damaged batch or segment is passed over and noted in ``damages``; the messages of all others are read.
public final class MessageCursor {
    /// Parts that could not be read, as far as the cursor has come.
    public private(set) var damages: [TapeError] = []

    private let selection: Selection
    private let path: String
    private let after: Int64
    private var parts: PartList
    /// The number that the next part must begin with, where all parts are read one after the other.
    private var expected: Int64?
    private let journal: JournalSource
    private let segments: SegmentList?
    private var current: Part?

    private enum Part {
        case batch(JournalBatch.FrameReader, first: Int64)
        case segment(SegmentPlayer)
    }

    init(_ tape: TapeConnection, selection: Selection, after sequence: Int64) throws(TapeError) {
        self.selection = selection
        path = tape.path
        after = sequence
        damages = tape.damage.map { [$0] } ?? []
        do {
            let hasSegments = try tape.database.hasSegments()
            let decompressor = try BatchDecompressor()
            parts = try PartList(tape.database, selection, after: sequence, hasSegments: hasSegments)
            journal = try JournalSource(tape.database, decompressor: decompressor)
            segments = hasSegments ? try SegmentList(tape, selection, decompressor: decompressor) : nil
        } catch let error as SQLiteError {
            throw TapeError.from(error)
        } catch {
            throw .system(path: tape.path, action: "read", reason: "\(error)")
        }
    }

    /// The next selected message, or nil at the end.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func next() throws(TapeError) -> RecordedMessage? {
        while true {
            switch current {
            case .batch(var reader, let first):
                // The cursor's own copy must go before the reader moves on, or its bytes are copied.
                current = nil
                while let message = next(&reader, first) {
                    guard message.sequence > after, selection.matches(message) else { continue }
                    current = .batch(reader, first: first)
                    return message
                }
            case .segment(let player):
                while let message = next(player) {
                    if message.sequence > after, selection.matchesBeyondTopic(message) { return message }
                }
                current = nil
            case nil:
                guard try nextPart() else { return nil }
            }
        }
    }

    private func next(_ reader: inout JournalBatch.FrameReader, _ first: Int64) -> RecordedMessage? {
        do {
            return try reader.next()
        } catch {
            damages.append(damage("journal batch", first, reader.remaining, "\(error.reason) (byte \(error.offset))"))
            return nil
        }
    }

    private func next(_ player: SegmentPlayer) -> RecordedMessage? {
        do {
            return try player.next()
        } catch {
            damages.append(damage("segment", player.firstSequence, Int64(player.remaining), error.reason))
            return nil
        }
    }

    private func damage(_ what: String, _ first: Int64, _ count: Int64, _ reason: String) -> TapeError {
        .damaged(
            path: path, part: "the \(what) at seq \(first)",
            reason: "\(reason); \(count) message\(count == 1 ? " is" : "s are") lost")
    }

    /// Notes that a part is missing; seen only where the selection passes none over.
    private func noteHole(before part: PartList.Part) {
        if let expected, part.first > expected, !selection.restrictsParts {
            damages.append(
                damage("place", expected, part.first &- expected, "what stood there is gone, or its row is damaged"))
        }
        expected = part.first &+ part.count
    }

    private func nextPart() throws(TapeError) -> Bool {
        while let part = try TapeError.wrapping({ () throws(SQLiteError) in try parts.next() }) {
            noteHole(before: part)
            if part.isSegment {
                do {
                    guard let player = try segments?.open(part.first) else { continue }
                    current = .segment(player)
                    return true
                } catch {
                    damages.append(damage("segment", part.first, part.count, error.reason))
                }
            } else {
                do {
                    guard let batch = try journal.batch(part.first) else { continue }
                    current = .batch(JournalBatch.FrameReader(batch), first: part.first)
                    return true
                } catch {
                    damages.append(damage("journal batch", part.first, part.count, error.reason))
                }
            }
        }
        return false
    }
}
