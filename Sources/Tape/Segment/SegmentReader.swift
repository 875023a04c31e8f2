/// A sealed segment: knows where everything is and restores what is asked for.
final class SegmentReader {
    let layout: SegmentLayout
    private let source: SegmentSource
    private let streams: StreamReader
    private let dictionary: any DictionaryReader
    private var templates: [Template] = []

    /// Opens a segment.
    ///
    /// - Parameters:
    ///   - directory: the restored directory.
    ///   - dictionary: what recurs on the tape.
    ///   - decompressor: restores the frames of the body.
    ///   - load: gives a stretch of the body.
    /// - Throws: ``SegmentDamage`` where the directory makes no sense.
    init(
        directory: [UInt8], dictionary: any DictionaryReader, decompressor: BatchDecompressor,
        load: @escaping (Range<Int>) throws(SegmentDamage) -> [UInt8]
    ) throws(SegmentDamage) {
        var reader = ByteReader(directory)
        let streams: StreamReader
        do throws(MalformedFrame) {
            var table = ByteReader(Array(try reader.slice()))
            streams = try StreamReader(&table, decompressor: decompressor, load: load)
            guard table.isAtEnd else { throw MalformedFrame(offset: table.offset, reason: "bytes behind the streams") }
        } catch {
            throw SegmentDamage(error)
        }
        self.streams = streams
        self.dictionary = dictionary
        var templates: [Template] = []
        layout = try SegmentLayout(&reader, streamCount: streams.count) { literal throws(SegmentDamage) in
            let template = try Self.template(literal, dictionary)
            templates.append(template)
            return template
        }
        self.templates = templates
        source = SegmentSource(streams: streams, pool: layout.pool, dictionary: dictionary)
    }

    private static func template(
        _ literal: Literal, _ dictionary: any DictionaryReader
    ) throws(SegmentDamage) -> Template {
        switch literal {
        case .shared(let number): return try dictionary.template(number)
        case .own(let bytes):
            do { return try Template(bytes) } catch { throw SegmentDamage(error) }
        }
    }

    /// Bytes that the body must have.
    var bodySize: Int { streams.bodySize }

    /// Checks every frame of the body against its checksum.
    func checkFrames() throws(SegmentDamage) {
        try streams.checkFrames()
    }

    func template(ofGroup index: Int) -> Template { templates[index] }

    /// The name of a topic of the segment.
    func topic(_ index: Int) throws(SegmentDamage) -> String {
        switch layout.topics[index] {
        case .shared(let number): return try dictionary.topic(number)
        case .own(let bytes):
            guard let topic = String(validating: bytes, as: UTF8.self) else {
                throw SegmentDamage("a topic that is not UTF-8")
            }
            return topic
        }
    }

    /// The packet identifiers in order of arrival; of messages without one, the last before.
    func packetIDs() throws(SegmentDamage) -> [Int64] {
        try source.integers(layout.packetIDs, runs: [layout.count], wanted: nil)
    }

    /// Restores one column of a group.
    func column(_ column: Int, ofGroup index: Int, wanted: [Bool]? = nil) throws(SegmentDamage) -> DecodedColumn {
        let group = layout.groups[index]
        return try DecodedColumn.restore(group.columns[column], runs: group.runLengths, wanted: wanted, source: source)
    }

    /// Restores the times of arrival of a group, ns since the Unix epoch.
    func arrivals(ofGroup index: Int) throws(SegmentDamage) -> [Int64] {
        let group = layout.groups[index]
        var arrivals = try source.integers(group.arrivals, runs: group.runLengths, wanted: nil)
        guard let reference = group.reference, let scale = Powers.ofTen(reference.exponent) else { return arrivals }
        let times = try column(reference.column, ofGroup: index)
        var last: Int64 = 0
        for row in arrivals.indices {
            last = times.value(ofRow: row) ?? last
            arrivals[row] = arrivals[row] &+ last &* scale
        }
        return arrivals
    }

    /// The place of each message of a group in the order of arrival, where the times do not give it.
    func ranks(ofGroup index: Int) throws(SegmentDamage) -> [Int64]? {
        let group = layout.groups[index]
        guard let ranks = group.ranks else { return nil }
        return try source.integers(ranks, runs: group.runLengths, wanted: nil)
    }

    /// How far behind its original each message of a group is, in `seq`, 0 for no redelivery; nil where none is one.
    func duplicateDistances(ofGroup index: Int) throws(SegmentDamage) -> [Int64]? {
        let group = layout.groups[index]
        if case .constant(0) = group.duplicates { return nil }
        return try source.integers(group.duplicates, runs: group.runLengths, wanted: nil)
    }

    /// The flags of a group's messages; of runs that are not wanted, 0.
    func flags(ofGroup index: Int, wanted: [Bool]?) throws(SegmentDamage) -> [Int64] {
        let group = layout.groups[index]
        return try source.integers(group.flags, runs: group.runLengths, wanted: wanted)
    }

    /// Restores what it takes to print the messages of a group.
    ///
    /// - Parameters:
    ///   - index: the group.
    ///   - rows: for each message whether it is needed; nil for all.
    /// - Returns: what prints them.
    /// - Throws: ``SegmentDamage`` where a column cannot be restored.
    func content(ofGroup index: Int, rows: [Bool]? = nil) throws(SegmentDamage) -> GroupContent {
        let group = layout.groups[index]
        let runs = group.runLengths
        var start = 0
        let wanted = rows.map { rows in
            runs.map { length in
                defer { start += length }
                return rows[start..<start + length].contains(true)
            }
        }
        var columns: [DecodedColumn] = []
        for layout in group.columns {
            columns.append(try DecodedColumn.restore(layout, runs: runs, wanted: wanted, source: source))
        }
        return try GroupContent(
            template: templates[index], columns: columns, wanted: rows,
            flags: try source.integers(group.flags, runs: runs, wanted: wanted),
            redactions: try source.integers(group.redactions, runs: runs, wanted: wanted),
            duplicates: try source.integers(group.duplicates, runs: runs, wanted: wanted))
    }
}
