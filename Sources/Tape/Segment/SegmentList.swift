import SQLite

/// The segments of a tape, opened one after the other for one selection.
final class SegmentList {
    private let selection: Selection
    private let opener: SegmentOpener

    init(_ tape: TapeConnection, _ selection: Selection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.selection = selection
        opener = try SegmentOpener(tape, selection, decompressor: decompressor)
    }

    /// Opens a segment; nil where it has no topic that is wanted.
    func open(_ first: Int64) throws(SegmentDamage) -> SegmentPlayer? {
        guard try opener.mayHold(first) else { return nil }
        let segment = try opener.open(first)
        var topics: [SegmentPlayer.Topic] = []
        for index in segment.layout.topics.indices {
            let name = try segment.topic(index)
            topics.append(SegmentPlayer.Topic(name: name, match: selection.match(topic: name)))
        }
        let concerns = segment.layout.groups.indices.map { index in
            selection.mayConcernDevices.map {
                $0(opener.shapes.shape(segment.layout.groups[index].template, segment.template(ofGroup: index)))
            } ?? false
        }
        return try SegmentPlayer(
            segment, first: first, topics: topics, concerns: concerns, window: selection.window, clocks: opener.clocks)
    }
}
