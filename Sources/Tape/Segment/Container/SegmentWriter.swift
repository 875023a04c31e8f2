/// Puts a segment's directory and streams together, field by field.
///
/// Streams are numbered in the order in which they are written, so that a reader that walks the directory knows each
/// field's streams without being told.
struct SegmentWriter {
    /// What was written of the directory so far.
    var directory: [UInt8] = []
    /// The dictionary of the tape, which grows with what recurs.
    var dictionary: TapeDictionary
    private(set) var streams: StreamWriter
    private var pool = UUIDPool()

    init(dictionary: TapeDictionary, compressor: BatchCompressor) {
        self.dictionary = dictionary
        streams = StreamWriter(compressor)
    }

    mutating func write(_ value: some FixedWidthInteger) {
        VariableInteger.append(UInt64(truncatingIfNeeded: value), to: &directory)
    }

    mutating func write(signed value: Int64) {
        VariableInteger.append(UInt64(bitPattern: value &<< 1 ^ value >> 63), to: &directory)
    }

    mutating func write(bytes: Span<UInt8>) {
        write(bytes.count)
        directory.append(bytes)
    }

    mutating func write(stream: [UInt8], _ kind: StreamKind) throws(CompressionError) {
        try streams.append(stream, kind)
    }

    /// Writes integers: one that all share, or a column of them.
    mutating func write(integers values: [Int64], runs: [Int]) throws(CompressionError) {
        guard let first = values.first else { return write(UInt8(0)) }
        if values.allSatisfy({ $0 == first }) {
            write(UInt8(1))
            write(signed: first)
            return
        }
        write(UInt8(2))
        let encoded = IntegerColumn.encode(values, runs: runs)
        write(bytes: encoded.parameters.span)
        try streams.append(encoded.symbols, .symbols)
        // Their number follows from the symbols only with work, and the table of streams says it anyway.
        try streams.append(encoded.bits, .bits)
    }

    /// The place of a UUID in the segment's pool.
    mutating func place(_ uuid: (UInt64, UInt64)) -> Int64 {
        pool.place(uuid)
    }

    /// Ends the segment.
    consuming func finish() throws(CompressionError) -> (
        directory: [UInt8], body: [UInt8], dictionary: TapeDictionary
    ) {
        try streams.append(pool.bytes, .records)
        let packed = try streams.finish()
        var bytes: [UInt8] = []
        // The table comes first: a reader needs it before the fields.
        VariableInteger.append(UInt64(packed.table.count), to: &bytes)
        bytes.append(contentsOf: packed.table)
        bytes.append(contentsOf: directory)
        return (bytes, packed.body, dictionary)
    }
}

/// The UUIDs of a segment in order of first appearance, 16 bytes each.
private struct UUIDPool {
    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private var places: [Key: Int64] = [:]
    private(set) var bytes: [UInt8] = []

    mutating func place(_ uuid: (UInt64, UInt64)) -> Int64 {
        let key = Key(high: uuid.0, low: uuid.1)
        if let place = places[key] { return place }
        let place = Int64(places.count)
        places[key] = place
        for word in [uuid.0, uuid.1] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return place
    }
}
