import DeviceProtocol

/// Turns a block of messages into a segment (docs/tape-format.md, "Segment").
///
/// Messages that share a template form a group; in a group those of one topic lie side by side, in order of arrival,
/// and each value has a column.
struct SegmentEncoder {
    /// The version of the segment format that is written.
    static let version: UInt8 = 1
    /// Messages of a template below which it gets no group of its own, unless the tape knows it already.
    static let groupThreshold = 4
    /// Groups that a segment may have at most, those for what is kept as text aside.
    static let groupLimit = 1_024

    /// A segment ready to be stored.
    struct Encoded {
        /// The directory, compressed.
        var directory: [UInt8]
        var directorySize: Int
        var body: [UInt8]
        var index: SegmentIndex
    }

    /// What recurs on the tape; grows with each segment.
    var dictionary: TapeDictionary

    private let compressor: BatchCompressor
    private var scanner = ShapeScanner()

    init(dictionary: TapeDictionary, compressor: BatchCompressor) {
        self.dictionary = dictionary
        self.compressor = compressor
    }

    /// Encodes a block.
    ///
    /// - Parameters:
    ///   - block: the messages.
    ///   - opaque: rows that must be kept as text, whatever they look like.
    /// - Returns: the segment.
    /// - Throws: ``CompressionError`` when zstd fails.
    mutating func encode(_ block: MessageBlock, opaque: Set<Int> = []) throws(CompressionError) -> Encoded {
        let topics = TopicList(block, &dictionary)
        let shapes = scan(block, topics, opaque: opaque)
        let groups = shapes.groups(topics)
        var writer = SegmentWriter(dictionary: dictionary, compressor: compressor)
        let isOrdered = block.isOrderedByArrival
        try writeHead(block, topics, isOrdered: isOrdered, to: &writer)
        writer.write(groups.count)
        var templates: [Int64] = []
        for group in groups {
            let bytes = shapes.bytes(of: group.shape)
            if let number = writer.dictionary.templates.intern(bytes.span) {
                writer.write(number)
                templates.append(number)
            } else {
                templates.append(0)
                writer.write(UInt8(0))
                writer.write(bytes: bytes.span)
            }
            let encoder = GroupEncoder(
                block: block, scanner: scanner, firstValues: shapes.firstValues, isOrdered: isOrdered)
            try encoder.encode(group, slots: SlotKinds(template: bytes), to: &writer)
        }
        let packed = try writer.finish()
        dictionary = packed.dictionary
        scanner.removeAll()
        return Encoded(
            directory: try compressor.compress(packed.directory, .directory), directorySize: packed.directory.count,
            body: packed.body, index: SegmentIndex(topics: topics.tallies, templates: templates.sorted()))
    }

    private func writeHead(
        _ block: MessageBlock, _ topics: TopicList, isOrdered: Bool, to writer: inout SegmentWriter
    ) throws(CompressionError) {
        writer.write(Self.version)
        writer.write(block.count)
        var clocks: [(first: Int, clock: Int64)] = []
        for (index, row) in block.rows.enumerated() where clocks.last?.clock != row.clock {
            clocks.append((index, row.clock))
        }
        writer.write(clocks.count)
        var last = 0
        for clock in clocks {
            writer.write(clock.clock)
            writer.write(clock.first - last)
            last = clock.first
        }
        writer.write(isOrdered ? UInt8(0) : 1)
        try writer.write(integers: packetIDs(block), runs: [block.count])
        topics.write(to: &writer)
    }

    /// The packet identifiers in order of arrival; where a message has none the one before it is repeated, so that the
    /// broker's counting shows.
    private func packetIDs(_ block: MessageBlock) -> [Int64] {
        var last: Int64 = 0
        return block.rows.map { row in
            if row.flags.has(MessageFlags.packetID) { last = Int64(row.packetID) }
            return last
        }
    }

    private mutating func scan(_ block: MessageBlock, _ topics: TopicList, opaque: Set<Int>) -> Shapes {
        scanner.removeAll()
        var shapes = Shapes(count: block.count)
        let span = block.bytes.span
        // Of each topic, the message before.
        var patterns = [(pattern: ShapeScanner.Pattern, shape: Int)?](repeating: nil, count: topics.tallies.count)
        for (index, row) in block.rows.enumerated() {
            let first = scanner.values.count
            let topic = Int(topics.rows[index])
            let isOpaque = !opaque.isEmpty && opaque.contains(index)
            if !isOpaque, let before = patterns[topic], let own = scanner.scan(row, like: before.pattern, in: span) {
                shapes.set(shape: before.shape, row: index, firstValue: first)
                patterns[topic] = (own, before.shape)
                continue
            }
            scanner.scan(row, kind: topics.kind(ofRow: index), in: span, opaque: isOpaque)
            shapes.set(scanner.template, row: index, firstValue: first)
            patterns[topic] = scanner.pattern.map { ($0, shapes.shape(ofRow: index)) }
        }
        // What is rare is kept as text: a group of its own would cost more than it saves, and hostile payloads must
        // not make as many groups as there are messages.
        let rare = shapes.rare(known: dictionary.templates, threshold: Self.groupThreshold, limit: Self.groupLimit)
        guard rare.contains(true) else { return shapes }
        for (index, row) in block.rows.enumerated() where rare[shapes.shape(ofRow: index)] {
            let first = scanner.values.count
            scanner.scan(row, kind: topics.kind(ofRow: index), in: span, opaque: true)
            shapes.set(scanner.template, row: index, firstValue: first)
        }
        return shapes
    }
}

extension MessageBlock {
    /// Whether each message arrived later than the one before, so that the times alone give the order.
    var isOrderedByArrival: Bool {
        var last = Int64.min
        for row in rows {
            guard row.arrival > last else { return false }
            last = row.arrival
        }
        return true
    }
}
