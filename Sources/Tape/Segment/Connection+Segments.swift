import SQLite

/// The tables of sealed messages.
extension Connection {
    /// Whether the tape has them: a tape of format 1 that was never opened for writing again does not.
    func hasSegments() throws(SQLiteError) -> Bool {
        try (integer("PRAGMA user_version") ?? 0) >= 2
    }

    /// What recurs on the tape, for looking up by content.
    func loadDictionary() throws(SQLiteError) -> TapeDictionary {
        var dictionary = TapeDictionary()
        try load("SELECT id, name, crc FROM topic ORDER BY id", into: &dictionary.topics)
        try load("SELECT id, body, crc FROM template ORDER BY id", into: &dictionary.templates)
        try load("SELECT id, body, crc FROM string ORDER BY id", into: &dictionary.strings)
        return dictionary
    }

    private func load(_ sql: String, into table: inout TapeDictionary.Table) throws(SQLiteError) {
        var rows = try prepare(sql)
        while try rows.step() {
            let bytes = rows.blob(1)
            // A damaged entry is not to be used; its number stays taken.
            table.load(Checksum.of(bytes) == rows.integer(2) ? bytes : nil, number: rows.integer(0))
        }
    }

    /// Stores what is new in the dictionary.
    func insertAdditions(of dictionary: TapeDictionary) throws(SQLiteError) {
        var rows = try prepare("INSERT INTO topic (id, name, crc) VALUES (?, CAST(? AS TEXT), ?)")
        for topic in dictionary.topics.added {
            try rows.bind(1, topic.number)
            try rows.bind(2, Array(topic.bytes))
            try rows.bind(3, Checksum.of(topic.bytes))
            try rows.run()
        }
        for (table, added) in [("template", dictionary.templates.added), ("string", dictionary.strings.added)] {
            var rows = try prepare("INSERT INTO \(table) (id, body, crc) VALUES (?, ?, ?)")
            for entry in added {
                try rows.bind(1, entry.number)
                try rows.bind(2, Array(entry.bytes))
                try rows.bind(3, Checksum.of(entry.bytes))
                try rows.run()
            }
        }
    }

    /// Stores a segment.
    func insert(_ sealed: BlockSealer.Sealed, of block: MessageBlock) throws(SQLiteError) {
        let columns = sealed.encoded.index.columns
        var row = try prepare(
            """
            INSERT INTO segment (first_seq, count, first_arrival, last_arrival, first_clock, last_clock, size, literal,
              topics, templates, index_crc, directory_size, directory, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try row.bind(1, block.firstSequence)
        try row.bind(2, Int64(block.count))
        try row.bind(3, block.rows.lazy.map(\.arrival).min() ?? 0)
        try row.bind(4, block.rows.lazy.map(\.arrival).max() ?? 0)
        try row.bind(5, block.rows.lazy.map(\.clock).min() ?? 0)
        try row.bind(6, block.rows.lazy.map(\.clock).max() ?? 0)
        try row.bind(7, sealed.encoded.index.topics.reduce(0) { $0 + $1.bytes })
        try row.bind(8, Int64(sealed.literal))
        try row.bind(9, columns.topics)
        try row.bind(10, columns.templates)
        try row.bind(11, Checksum.of(columns.topics + columns.templates))
        try row.bind(12, Int64(sealed.encoded.directorySize))
        try row.bind(13, sealed.encoded.directory)
        try row.bind(14, sealed.encoded.body)
        try row.run()
    }

    /// Opens a segment.
    ///
    /// - Throws: ``SegmentDamage`` where it is not there or makes no sense.
    func segment(
        _ first: Int64, dictionary: any DictionaryReader, decompressor: BatchDecompressor
    ) throws(SegmentDamage) -> SegmentReader {
        let body: SegmentBody
        let directory: [UInt8]
        do {
            var row = try prepare("SELECT directory_size, directory FROM segment WHERE first_seq = ?")
            try row.bind(1, first)
            guard try row.step() else { throw SegmentDamage("it is not there") }
            guard row.integer(0) <= Int64(SegmentLayout.sizeLimit) else { throw SegmentDamage("a directory too large") }
            directory = try decompressor.decompress(row.blob(1), size: Int(row.integer(0)))
            body = SegmentBody(try blob("segment", column: "body", row: first))
        } catch let error as SegmentDamage {
            throw error
        } catch let error as CompressionError {
            throw SegmentDamage(error.reason)
        } catch {
            throw SegmentDamage("\(error)")
        }
        let segment = try SegmentReader(
            directory: directory, dictionary: dictionary, decompressor: decompressor
        ) { range throws(SegmentDamage) in try body.read(range) }
        guard segment.bodySize == body.count else { throw SegmentDamage("\(body.count) bytes of \(segment.bodySize)") }
        return segment
    }
}

/// The body of a segment, read in stretches.
private final class SegmentBody {
    private let blob: Blob

    init(_ blob: consuming Blob) {
        self.blob = blob
    }

    var count: Int { blob.count }

    func read(_ range: Range<Int>) throws(SegmentDamage) -> [UInt8] {
        do {
            guard let bytes = try blob.read(range) else { throw SegmentDamage("its body is too short") }
            return bytes
        } catch let error as SegmentDamage {
            throw error
        } catch {
            throw SegmentDamage("\(error)")
        }
    }
}
