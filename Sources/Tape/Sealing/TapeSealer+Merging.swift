import SQLite

/// Small segments, left by slow fleets and by many restarts, made into larger ones.
extension TapeSealer {
    /// Segments of so many messages and more are left alone.
    private static let smallSegment = segmentMessages / 2
    /// Without need, so many small segments are waited for, so that the same messages are not merged again and again.
    private static let patience = 8

    /// Merges a stretch of small segments that lie side by side into one.
    ///
    /// - Parameter demand: ``Demand/all`` merges as soon as there are two.
    /// - Returns: what was done; nil when there is nothing to merge.
    /// - Throws: ``TapeError`` when the tape cannot be read or written.
    public func mergeNext(_ demand: Demand) throws(TapeError) -> Step? {
        while let stretch = try nextMerge(demand) {
            do {
                var block = MessageBlock(firstSequence: stretch[0])
                let dictionary = HeldDictionary(sealer.dictionary)
                for first in stretch {
                    try block.append(
                        try tape.database.segment(first, dictionary: dictionary, decompressor: decompressor))
                }
                let sealed = try sealer.seal(block)
                try store(sealed, block) { () throws(SQLiteError) in
                    var delete = try tape.database.prepare("DELETE FROM segment WHERE first_seq = ?")
                    for first in stretch {
                        try delete.bind(1, first)
                        try delete.run()
                    }
                }
                return Self.step(sealed, block)
            } catch let damage as SegmentDamage {
                // A damaged segment stays as it is; `verify` says what of it can be saved.
                unmergeable.formUnion(stretch)
                damages.append(
                    .damaged(path: path, part: "the segments from seq \(stretch[0]) on", reason: damage.reason))
            } catch let error as TapeError {
                throw error
            } catch {
                throw .damaged(path: path, part: "its segments", reason: "\(error)")
            }
        }
        return nil
    }

    /// The first numbers of segments to merge.
    private func nextMerge(_ demand: Demand) throws(TapeError) -> [Int64]? {
        try TapeError.wrapping { () throws(SQLiteError) in
            var rows = try tape.database.prepare(
                "SELECT first_seq, count, size FROM segment WHERE count < ? AND size < ? ORDER BY first_seq")
            try rows.bind(1, Self.smallSegment)
            try rows.bind(2, Self.segmentBytes / 2)
            var stretch: [Int64] = []
            var next: Int64 = 0
            var messages: Int64 = 0
            var bytes: Int64 = 0
            func isWorthIt() -> Bool {
                stretch.count >= (demand == .all ? 2 : Self.patience)
                    || stretch.count > 1 && messages >= Self.smallSegment
            }
            while try rows.step() {
                let (first, count, size) = (rows.integer(0), rows.integer(1), rows.integer(2))
                if unmergeable.contains(first) { continue }
                let fits = !Self.isFull(messages: messages &+ count, bytes: bytes &+ size)
                if !stretch.isEmpty, first != next || !fits {
                    if isWorthIt() { return stretch }
                    (stretch, messages, bytes) = ([], 0, 0)
                }
                stretch.append(first)
                next = first &+ count
                messages &+= count
                bytes &+= size
            }
            return isWorthIt() ? stretch : nil
        }
    }
}
