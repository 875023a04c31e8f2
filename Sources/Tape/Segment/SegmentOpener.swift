import SQLite

/// Opens the segments of a tape, and tells what is in them without opening them.
final class SegmentOpener {
    /// What recurs on the tape.
    let dictionary: StoredDictionary
    /// Session and offset of each clock.
    let clocks: [Int64: (session: Int64, offset: Int64)]
    /// Shapes of the templates that were met.
    let shapes = ShapeCache()
    private let tape: TapeConnection
    private let selection: Selection
    /// What the selection says of the topics of the tape, as far as they were looked at.
    private var matches: [Int64: Selection.TopicMatch] = [:]
    private let decompressor: BatchDecompressor
    private var indexRows: Statement

    init(_ tape: TapeConnection, _ selection: Selection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.tape = tape
        self.selection = selection
        self.decompressor = decompressor
        indexRows = try tape.database.prepare("SELECT topics, templates, index_crc FROM segment WHERE first_seq = ?")
        dictionary = try StoredDictionary(tape.database)
        clocks = try tape.database.clocks()
    }

    /// Opens the segment whose first message has that number.
    func open(_ first: Int64) throws(SegmentDamage) -> SegmentReader {
        tape.segmentsOpened += 1
        return try tape.database.segment(first, dictionary: dictionary, decompressor: decompressor)
    }

    /// Whether a segment may have messages of topics that the selection wants.
    func mayHold(_ first: Int64) throws(SegmentDamage) -> Bool {
        // Where all topics are wanted there is nothing to look up.
        guard selection.restrictsTopics else { return true }
        return try mayHold(index(of: first)) { _ in true }
    }

    /// Whether a segment may have messages of topics that the selection wants, with payloads of wanted shapes.
    func mayHold(_ first: Int64, _ wants: (PayloadShape) -> Bool) throws(SegmentDamage) -> Bool {
        let index = try index(of: first)
        guard try hasShape(index, wants) else { return false }
        return try mayHold(index, wants)
    }

    private func mayHold(_ index: SegmentIndex, _ wants: (PayloadShape) -> Bool) throws(SegmentDamage) -> Bool {
        guard selection.restrictsTopics else { return true }
        var isPerhaps = false
        for topic in index.topics {
            switch try match(topic.name) {
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
            if wants(shapes.shape(.shared(number), try dictionary.template(number))) { return true }
        }
        return false
    }

    /// Whether the selection wants messages of a topic.
    private func match(_ topic: Literal) throws(SegmentDamage) -> Selection.TopicMatch {
        switch topic {
        case .own(let name): return selection.match(topic: String(decoding: name, as: UTF8.self))
        case .shared(let number):
            if let known = matches[number] { return known }
            let match = selection.match(topic: try dictionary.topic(number))
            matches[number] = match
            return match
        }
    }

    /// The topics and templates of a segment.
    private func index(of first: Int64) throws(SegmentDamage) -> SegmentIndex {
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
