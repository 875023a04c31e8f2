import SQLite

/// The segments of a tape, opened one after the other for one selection.
final class SegmentList {
    private let selection: Selection
    private let tape: TapeConnection
    private var indexRows: Statement
    private let dictionary: StoredDictionary
    private let decompressor: BatchDecompressor
    private let clocks: [Int64: (session: Int64, offset: Int64)]
    private let shapes = ShapeCache()
    /// Whether the topics of the tape are wanted, as far as they were looked at.
    private var wanted: [Int64: Selection.TopicMatch] = [:]
    private let selectsTopics: Bool

    init(_ tape: TapeConnection, _ selection: Selection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.selection = selection
        self.tape = tape
        self.decompressor = decompressor
        indexRows = try tape.database.prepare("SELECT topics, templates, index_crc FROM segment WHERE first_seq = ?")
        dictionary = try StoredDictionary(tape.database)
        clocks = try tape.database.clocks()
        selectsTopics = selection.restrictsTopics
    }

    /// Opens a segment; nil where it has no topic that is wanted.
    func open(_ first: Int64) throws(SegmentDamage) -> SegmentPlayer? {
        if selectsTopics, !(try mayHold(first)) { return nil }
        let segment = try tape.database.segment(first, dictionary: dictionary, decompressor: decompressor)
        var topics: [SegmentPlayer.Topic] = []
        for index in segment.layout.topics.indices {
            let name = try segment.topic(index)
            topics.append(SegmentPlayer.Topic(name: name, match: selection.match(topic: name)))
        }
        let concerns = segment.layout.groups.indices.map { index in
            selection.mayConcernDevices.map {
                $0(shapes.shape(segment.layout.groups[index].template, segment.template(ofGroup: index)))
            } ?? false
        }
        return try SegmentPlayer(
            segment, first: first, topics: topics, concerns: concerns, window: selection.window, clocks: clocks)
    }

    private func mayHold(_ first: Int64) throws(SegmentDamage) -> Bool {
        let index = try index(ofSegment: first)
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
            if mayConcern(shapes.shape(.shared(number), try dictionary.template(number))) { return true }
        }
        return false
    }

    private func match(_ topic: Literal) throws(SegmentDamage) -> Selection.TopicMatch {
        switch topic {
        case .own(let name): return selection.match(topic: String(decoding: name, as: UTF8.self))
        case .shared(let number):
            if let known = wanted[number] { return known }
            let match = selection.match(topic: try dictionary.topic(number))
            wanted[number] = match
            return match
        }
    }

    private func index(ofSegment first: Int64) throws(SegmentDamage) -> SegmentIndex {
        defer { indexRows.reset() }
        do {
            try indexRows.bind(1, first)
            guard try indexRows.step() else { throw SegmentDamage("it is not there") }
            return try SegmentIndex(
                topics: indexRows.blob(0), templates: indexRows.blob(1), checksum: indexRows.integer(2))
        } catch let error as SegmentDamage {
            throw error
        } catch let error as MalformedFrame {
            throw SegmentDamage(error)
        } catch {
            throw SegmentDamage("\(error)")
        }
    }
}
