/// Collects the streams of a segment and packs them into zstd frames, each with a checksum of its own.
///
/// A stream of some size gets a frame of its own, so that a query restores only what it needs; the small ones of a
/// kind share one.
struct StreamWriter {
    /// From how many bytes on a stream has a frame of its own.
    static let ownFrameSize = 200

    private var lengths: [(kind: StreamKind, count: Int)] = []
    private var own: [(stored: [UInt8], size: Int)] = []
    private var shared: [[UInt8]] = Array(repeating: [], count: StreamKind.allCases.count)
    private let compressor: BatchCompressor

    init(_ compressor: BatchCompressor) {
        self.compressor = compressor
    }

    /// Adds a stream; the reader finds it by its place in the sequence of all.
    mutating func append(_ bytes: [UInt8], _ kind: StreamKind) throws(CompressionError) {
        lengths.append((kind, bytes.count))
        if bytes.count >= Self.ownFrameSize {
            own.append((try compressor.compress(bytes, kind.effort), bytes.count))
        } else {
            shared[Int(kind.rawValue)].append(contentsOf: bytes)
        }
    }

    /// The order in which frames of streams of `sizes` bytes lie in the body: by size, equal ones by their streams.
    static func bodyOrder(_ sizes: [Int]) -> [Int] {
        sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    }

    /// The body, and the table of streams and frames for the directory.
    consuming func finish() throws(CompressionError) -> (body: [UInt8], table: [UInt8]) {
        var table: [UInt8] = []
        VariableInteger.append(UInt64(lengths.count), to: &table)
        for stream in lengths {
            VariableInteger.append(
                UInt64(stream.count) * UInt64(StreamKind.allCases.count) + UInt64(stream.kind.rawValue), to: &table)
        }
        var frames: [(stored: [UInt8], size: Int)] = []
        for kind in StreamKind.allCases {
            let bytes = shared[Int(kind.rawValue)]
            if bytes.isEmpty { continue }
            frames.append((try compressor.compress(bytes, kind.effort), bytes.count))
        }
        // The large ones last: SQLite reads a value from its beginning, so what lies behind them would be far away.
        frames += Self.bodyOrder(own.map(\.size)).map { own[$0] }
        VariableInteger.append(UInt64(frames.count), to: &table)
        var body: [UInt8] = []
        for frame in frames {
            VariableInteger.append(UInt64(frame.stored.count), to: &table)
            VariableInteger.append(UInt64(frame.size), to: &table)
            body.append(contentsOf: frame.stored)
        }
        return (body, table)
    }
}
