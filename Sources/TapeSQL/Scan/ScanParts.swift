import Tape

/// The parts of a tape that a scan looks at, one after the other; what cannot be read is noted and passed over.
final class ScanParts {
    private let source: TapeSource
    /// Keeps the tape open.
    private let tape: OpenTape
    private let scan: FieldScan
    private let filter: ScanFilter

    /// Begins with the first part that may have a row for a filter.
    ///
    /// - Parameters:
    ///   - source: where damage is noted.
    ///   - tape: the tape.
    ///   - filter: which rows are wanted.
    ///   - selection: what the reader can leave out: the filter's own selection, and what a table adds to it.
    /// - Throws: ``TapeError`` when the tape cannot be read.
    init(
        _ source: TapeSource, _ tape: OpenTape, _ filter: ScanFilter, _ selection: Selection
    ) throws(TapeError) {
        self.source = source
        self.tape = tape
        self.filter = filter
        scan = try tape.reader.fields(selection, after: filter.firstSequence - 1)
    }

    /// Makes units of the next part; nil at the end.
    ///
    /// - Parameters:
    ///   - shape: whether sealed messages of a shape are wanted.
    ///   - messages: makes them of messages that are not sealed yet.
    ///   - segment: makes them of sealed messages.
    /// - Returns: the units; none where the part cannot be read.
    /// - Throws: ``TapeError`` when the tape cannot be read at all, or what ``TapeSource`` says of damage.
    func next(
        shaped shape: (PayloadShape) -> Bool = { _ in true }, messages: ([RecordedMessage]) -> [ScanUnit],
        segment: (FieldSegment) throws(FieldDamage) -> [ScanUnit]
    ) throws -> [ScanUnit]? {
        try source.checkStop()
        switch try scan.next(where: { filter.wants(topic: $0) }, shaped: shape) {
        case nil:
            try source.note(scan.damages)
            return nil
        case .messages(let found)?:
            return filter.isBehind(found.first?.sequence) ? nil : messages(found)
        case .segment(let found)?:
            if filter.isBehind(found.firstSequence) { return nil }
            do throws(FieldDamage) {
                return try segment(found)
            } catch {
                scan.note(error, in: found)
                try source.note(scan.damages)
                return []
            }
        }
    }
}
