import SQLite

/// The segments of a tape, opened one after the other for one selection.
final class SegmentList {
    private let selection: Selection
    private let tape: TapeConnection
    private var indexRows: Statement
    private let dictionary: StoredDictionary
    private let decompressor: BatchDecompressor
    private let clocks: [Int64: (session: Int64, offset: Int64)]
    /// Whether the topics of the tape are wanted, as far as they were looked at.
    private var wanted: [Int64: Bool] = [:]
    private let selectsTopics: Bool

    init(_ tape: TapeConnection, _ selection: Selection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.selection = selection
        self.tape = tape
        self.decompressor = decompressor
        indexRows = try tape.database.prepare("SELECT topics, templates FROM segment WHERE first_seq = ?")
        dictionary = try StoredDictionary(tape.database)
        clocks = try tape.database.clocks()
        selectsTopics = selection.restrictsTopics
    }

    /// Opens a segment; nil where it has no topic that is wanted.
    func open(_ first: Int64) throws(SegmentDamage) -> SegmentPlayer? {
        if selectsTopics, !(try mayHold(first)) { return nil }
        let segment = try tape.database.segment(first, dictionary: dictionary, decompressor: decompressor)
        var topics: [SegmentPlayer.Topic?] = []
        for index in segment.layout.topics.indices {
            let name = try segment.topic(index)
            topics.append(selection.matches(topic: name) ? SegmentPlayer.Topic(name: name) : nil)
        }
        return try SegmentPlayer(segment, first: first, topics: topics, window: selection.window, clocks: clocks)
    }

    /// Opens a segment by its columns; nil where it has no topic that is wanted.
    func fields(
        _ first: Int64, shapes: ShapeCache, wants: (String) -> Bool
    ) throws(SegmentDamage) -> FieldSegment? {
        if selectsTopics, !(try mayHold(first)) { return nil }
        let segment = try tape.database.segment(first, dictionary: dictionary, decompressor: decompressor)
        return try FieldSegment(segment, first: first, shapes: shapes) { selection.matches(topic: $0) && wants($0) }
    }

    private func mayHold(_ first: Int64) throws(SegmentDamage) -> Bool {
        for topic in try index(ofSegment: first).topics {
            switch topic.name {
            case .own(let name):
                if selection.matches(topic: String(decoding: name, as: UTF8.self)) { return true }
            case .shared(let number):
                if let known = wanted[number] {
                    if known { return true }
                    continue
                }
                let isWanted = selection.matches(topic: try dictionary.topic(number))
                wanted[number] = isWanted
                if isWanted { return true }
            }
        }
        return false
    }

    private func index(ofSegment first: Int64) throws(SegmentDamage) -> SegmentIndex {
        defer { indexRows.reset() }
        do {
            try indexRows.bind(1, first)
            guard try indexRows.step() else { throw SegmentDamage("it is not there") }
            return try SegmentIndex(topics: indexRows.blob(0), templates: indexRows.blob(1))
        } catch let error as SegmentDamage {
            throw error
        } catch let error as MalformedFrame {
            throw SegmentDamage(error)
        } catch {
            throw SegmentDamage("\(error)")
        }
    }
}
