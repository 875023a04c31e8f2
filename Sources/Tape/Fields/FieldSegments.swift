import SQLite

/// Opens the segments of a tape by their columns, those that may hold something wanted.
final class FieldSegments {
    private let selection: Selection
    private let opener: SegmentOpener
    /// Whether topics are selected by more than what kind of message they carry, which templates tell as well.
    private let selectsTopics: Bool

    init(_ tape: TapeConnection, _ selection: Selection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.selection = selection
        opener = try SegmentOpener(tape, selection, decompressor: decompressor)
        selectsTopics = !selection.devices.isEmpty || !selection.topics.isEmpty || !selection.excluded.isEmpty
    }

    /// Opens a segment; nil where it surely has nothing that is wanted.
    func open(
        _ first: Int64, topic: (String) -> Bool, shape: (PayloadShape) -> Bool
    ) throws(SegmentDamage) -> FieldSegment? {
        guard try mayHold(first, shape) else { return nil }
        let segment = try opener.open(first)
        return try FieldSegment(
            segment, first: first, shapes: opener.shapes, clocks: opener.clocks, shape: { isSelected($0) && shape($0) },
            concerns: selection.mayConcernDevices ?? { _ in false },
            match: { topic($0) ? selection.match(topic: $0) : .no })
    }

    private func isSelected(_ shape: PayloadShape) -> Bool {
        selection.kinds.isEmpty || selection.kinds.contains(shape.kind)
    }

    private func mayHold(_ first: Int64, _ wants: (PayloadShape) -> Bool) throws(SegmentDamage) -> Bool {
        let index = try opener.index(of: first)
        guard try hasShape(index, wants) else { return false }
        guard selectsTopics else { return true }
        var isPerhaps = false
        for topic in index.topics {
            switch try opener.match(topic.name) {
            case .yes: return true
            case .perhaps: isPerhaps = true
            case .no: continue
            }
        }
        guard isPerhaps, let mayConcern = selection.mayConcernDevices else { return false }
        return try hasShape(index) { wants($0) && mayConcern($0) }
    }

    private func hasShape(_ index: SegmentIndex, _ wants: (PayloadShape) -> Bool) throws(SegmentDamage) -> Bool {
        for number in index.templates {
            // 0 stands for templates that only the segment itself knows.
            if number == 0 { return true }
            let shape = opener.shapes.shape(.shared(number), try opener.dictionary.template(number))
            if isSelected(shape), wants(shape) { return true }
        }
        return false
    }
}
