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
    private let decompressor: BatchDecompressor
    private var indexRows: Statement

    init(_ tape: TapeConnection, decompressor: BatchDecompressor) throws(SQLiteError) {
        self.tape = tape
        self.decompressor = decompressor
        indexRows = try tape.database.prepare("SELECT topics, templates, index_crc FROM segment WHERE first_seq = ?")
        dictionary = try StoredDictionary(tape.database)
        clocks = try tape.database.clocks()
    }

    /// Opens the segment whose first message has that number.
    func open(_ first: Int64) throws(SegmentDamage) -> SegmentReader {
        try tape.database.segment(first, dictionary: dictionary, decompressor: decompressor)
    }

    /// The topics and templates of a segment.
    func index(of first: Int64) throws(SegmentDamage) -> SegmentIndex {
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
