import SQLite

/// Goes through a tape segment by segment, for questions that need a few values of many messages and no order.
///
/// What is not sealed yet comes as whole messages.
public final class FieldScan {
    /// A piece of the tape.
    public enum Part {
        /// Sealed messages; of those outside of the window it may hold some, so that arrivals must be looked at.
        case segment(FieldSegment)
        /// Messages that are not sealed yet, all of them selected.
        case messages([RecordedMessage])
    }

    /// Parts that could not be read, as far as the scan has come.
    public private(set) var damages: [TapeError] = []

    private let tape: TapeConnection
    private let selection: Selection
    private var parts: ArraySlice<PartList.Part>
    private let journal: JournalSource
    private let segments: FieldSegments?

    init(
        _ tape: TapeConnection, _ selection: Selection, after sequence: Int64, newestFirst: Bool
    ) throws(TapeError) {
        self.tape = tape
        self.selection = selection
        damages = tape.damage.map { [$0] } ?? []
        do {
            let hasSegments = try tape.database.hasSegments()
            let decompressor = try BatchDecompressor()
            var list = try PartList(tape.database, selection, after: sequence, hasSegments: hasSegments)
            var found: [PartList.Part] = []
            while let part = try list.next() { found.append(part) }
            parts = newestFirst ? found.reversed()[...] : found[...]
            journal = try JournalSource(tape.database, decompressor: decompressor)
            segments = hasSegments ? try FieldSegments(tape, selection, decompressor: decompressor) : nil
        } catch let error as SQLiteError {
            throw TapeError.from(error)
        } catch {
            throw .system(path: tape.path, action: "read", reason: "\(error)")
        }
    }

    /// The next part that may hold wanted messages; nil at the end.
    ///
    /// - Parameters:
    ///   - wants: whether messages of a topic are still wanted; the selection decides before.
    ///   - wantsShape: whether sealed messages of a shape are still wanted. A segment that has no other shapes is passed
    ///     over without being opened.
    /// - Returns: the part.
    /// - Throws: ``TapeError`` when the tape cannot be read at all.
    public func next(
        where wants: (String) -> Bool = { _ in true }, shaped wantsShape: (PayloadShape) -> Bool = { _ in true }
    ) throws(TapeError) -> Part? {
        while let part = parts.popFirst() {
            if part.isSegment {
                do {
                    guard let segment = try segments?.open(part.first, topic: wants, shape: wantsShape),
                        !segment.groups.isEmpty
                    else { continue }
                    return .segment(segment)
                } catch {
                    note("the segment at seq \(part.first)", error.reason)
                }
            } else {
                do {
                    guard let batch = try journal.batch(part.first) else { continue }
                    return .messages(try batch.messages().filter { selection.matches($0) && wants($0.topic) })
                } catch let error as MalformedFrame {
                    note("the journal batch at seq \(part.first)", "\(error.reason) (byte \(error.offset))")
                } catch {
                    note("the journal batch at seq \(part.first)", "\(error)")
                }
            }
        }
        return nil
    }

    /// Notes that a part could not be read.
    public func note(_ damage: FieldDamage, in segment: FieldSegment) {
        note("the segment at seq \(segment.firstSequence)", damage.reason)
    }

    private func note(_ part: String, _ reason: String) {
        damages.append(.damaged(path: tape.path, part: part, reason: reason))
    }
}

extension TapeReader {
    /// Goes through the tape by columns.
    ///
    /// - Parameters:
    ///   - selection: which messages; sessions are decided by whole segments, so that a segment of several sessions
    ///     comes with all of them.
    ///   - sequence: only parts that reach beyond this message; they may begin before it.
    ///   - newestFirst: whether to begin at the end.
    /// - Returns: what gives part after part.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public func fields(
        _ selection: Selection, after sequence: Int64 = 0, newestFirst: Bool = false
    ) throws(TapeError) -> FieldScan {
        try FieldScan(tape, selection, after: sequence, newestFirst: newestFirst)
    }
}
