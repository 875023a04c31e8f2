import SQLite

/// The segments of a tape, opened one after the other for one selection.
final class SegmentList {
    private let selection: Selection
    private let opener: SegmentOpener
    private let selectsTopics: Bool

    init(_ tape: TapeConnection, _ selection: Selection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.selection = selection
        opener = try SegmentOpener(tape, selection, decompressor: decompressor)
        selectsTopics = selection.restrictsTopics
    }

    /// Opens a segment; nil where it has no topic that is wanted.
    func open(_ first: Int64) throws(SegmentDamage) -> SegmentPlayer? {
        if selectsTopics, !(try mayHold(first)) { return nil }
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

    private func mayHold(_ first: Int64) throws(SegmentDamage) -> Bool {
        let index = try opener.index(of: first)
        var isPerhaps = false
        for topic in index.topics {
            switch try opener.match(topic.name) {
            case .yes: return true
            case .perhaps: isPerhaps = true
            case .no: continue
            }
        }
        guard isPerhaps, let mayConcern = selection.mayConcernDevices else { return false }
        for number in index.templates {
            // 0 stands for templates that only the segment itself knows.
            if number == 0 { return true }
            if mayConcern(opener.shapes.shape(.shared(number), try opener.dictionary.template(number))) { return true }
        }
        return false
    }
}
