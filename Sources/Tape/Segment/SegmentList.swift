import SQLite

/// The segments of a tape, opened one after the other for one selection.
final class SegmentList {
    private let selection: Selection
    private let opener: SegmentOpener
    /// Whether the topics of the tape are wanted, as far as they were looked at.
    private var wanted: [Int64: Selection.TopicMatch] = [:]
    private let selectsTopics: Bool

    init(_ tape: TapeConnection, _ selection: Selection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.selection = selection
        opener = try SegmentOpener(tape, decompressor: decompressor)
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
            switch try match(topic.name) {
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

    private func match(_ topic: Literal) throws(SegmentDamage) -> Selection.TopicMatch {
        switch topic {
        case .own(let name): return selection.match(topic: String(decoding: name, as: UTF8.self))
        case .shared(let number):
            if let known = wanted[number] { return known }
            let match = selection.match(topic: try opener.dictionary.topic(number))
            wanted[number] = match
            return match
        }
    }
}
