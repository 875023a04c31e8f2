import SQLite

/// Opens the segments of a tape by their columns, those that may hold something wanted.
final class FieldSegments {
    private let selection: Selection
    private let opener: SegmentOpener

    init(_ tape: TapeConnection, _ selection: Selection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.selection = selection
        opener = try SegmentOpener(tape, selection, decompressor: decompressor)
    }

    /// Opens a segment; nil where it surely has nothing that is wanted.
    func open(
        _ first: Int64, topic: (String) -> Bool, shape: (PayloadShape) -> Bool
    ) throws(SegmentDamage) -> FieldSegment? {
        func wants(_ candidate: PayloadShape) -> Bool { isSelected(candidate) && shape(candidate) }
        guard try opener.mayHold(first, wants) else { return nil }
        return try FieldSegment(
            try opener.open(first), first: first, shapes: opener.shapes, clocks: opener.clocks, shape: wants,
            concerns: selection.mayConcernDevices ?? { _ in false },
            match: { topic($0) ? selection.match(topic: $0) : .no })
    }

    private func isSelected(_ shape: PayloadShape) -> Bool {
        selection.kinds.isEmpty || selection.kinds.contains(shape.kind)
    }
}
