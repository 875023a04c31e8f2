/// Encodes a block and proves that it comes back byte for byte.
struct BlockSealer {
    private var encoder: SegmentEncoder
    private let decompressor: BatchDecompressor
    /// Alters what was encoded before it is compared, so that a test can see the comparison at work.
    var alter: ((inout SegmentEncoder.Encoded) -> Void)?

    /// Begins with the dictionary of a tape.
    init(dictionary: TapeDictionary) throws(CompressionError) {
        encoder = SegmentEncoder(dictionary: dictionary, compressor: try BatchCompressor())
        decompressor = try BatchDecompressor()
    }

    /// A segment that was decoded again and found to be the block.
    struct Sealed {
        var encoded: SegmentEncoder.Encoded
        /// Messages that had to be kept as text, because they did not come back otherwise.
        var literal: Int
    }

    /// What recurs on the tape so far.
    var dictionary: TapeDictionary {
        get { encoder.dictionary }
        set { encoder.dictionary = newValue }
    }

    /// Encodes a block, decodes it and compares every message.
    ///
    /// - Throws: ``SegmentDamage`` where even as text a message does not come back; the block must stay as it is.
    mutating func seal(_ block: MessageBlock) throws(SegmentDamage) -> Sealed {
        let before = encoder.dictionary
        do throws(SegmentDamage) {
            let encoded = try encode(block, opaque: [])
            let different = try differences(block, encoded)
            if different.isEmpty { return Sealed(encoded: encoded, literal: 0) }
            encoder.dictionary = before
            let opaque = Set(different)
            let second = try encode(block, opaque: opaque)
            guard try differences(block, second).isEmpty else {
                throw SegmentDamage("messages do not come back byte for byte")
            }
            return Sealed(encoded: second, literal: opaque.count)
        } catch {
            encoder.dictionary = before
            throw error
        }
    }

    private mutating func encode(
        _ block: MessageBlock, opaque: Set<Int>
    ) throws(SegmentDamage) -> SegmentEncoder.Encoded {
        do {
            var encoded = try encoder.encode(block, opaque: opaque)
            alter?(&encoded)
            return encoded
        } catch {
            throw SegmentDamage(error.reason)
        }
    }

    /// The rows of the block that the segment does not give back as they are.
    private func differences(
        _ block: MessageBlock, _ encoded: SegmentEncoder.Encoded
    ) throws(SegmentDamage) -> [Int] {
        let directory: [UInt8]
        do {
            directory = try decompressor.decompress(encoded.directory, size: encoded.directorySize)
        } catch {
            throw SegmentDamage(error.reason)
        }
        let body = encoded.body
        let segment = try SegmentReader(
            directory: directory, dictionary: HeldDictionary(encoder.dictionary), decompressor: decompressor
        ) { range throws(SegmentDamage) in
            guard range.upperBound <= body.count else { throw SegmentDamage("the body is too short") }
            return Array(body[range])
        }
        let rows = try SegmentRows(segment, window: .min ..< .max)
        guard rows.rows.count == block.count else { throw SegmentDamage("messages are missing") }
        let packetIDs = try segment.packetIDs()
        var topics: [[UInt8]] = []
        for topic in segment.layout.topics.indices { topics.append(Array(try segment.topic(topic).utf8)) }
        let span = block.bytes.span
        var different: [Int] = []
        var text: [UInt8] = []
        var clocks = segment.layout.clocks[...]
        var clock = clocks.first?.number
        for (index, row) in rows.rows.enumerated() {
            if let next = clocks.first, next.first == index {
                clock = next.number
                clocks = clocks.dropFirst()
            }
            let original = block.rows[index]
            let content = rows.contents[row.group]
            let topic = topics[row.topic]
            guard row.rank == index, row.arrival == original.arrival, clock == original.clock,
                topic.span.equals(span.extracting(original.topic.range)),
                content.flags[row.row] == Int64(original.flags.rawValue),
                UInt64(bitPattern: content.redactions[row.row]) == original.redactions,
                UInt64(bitPattern: content.duplicates[row.row]) == original.duplicateDistance,
                !original.flags.has(MessageFlags.packetID) || packetIDs[index] == Int64(original.packetID)
            else { throw SegmentDamage("the facts of a message do not come back") }
            text.removeAll(keepingCapacity: true)
            content.appendProperties(row.row, to: &text)
            let propertiesEnd = text.count
            content.appendPayload(row.row, to: &text)
            let isSame =
                text.count == Int(original.properties.count) + Int(original.payload.count)
                && text.span.matches(span.extracting(original.properties.range), at: 0)
                && text.span.matches(span.extracting(original.payload.range), at: propertiesEnd)
            if !isSame { different.append(index) }
        }
        return different
    }
}
