@testable import Tape

/// A segment taken out of its frames, so that a checksum does not hide what is changed inside.
struct SegmentParts {
    struct Stream {
        var kind: StreamKind
        var bytes: [UInt8]
    }

    /// The directory behind its table of streams.
    var fields: [UInt8]
    var streams: [Stream]

    init(_ encoded: SegmentEncoder.Encoded) throws {
        let decompressor = try BatchDecompressor()
        var reader = ByteReader(try decompressor.decompress(encoded.directory, size: encoded.directorySize))
        let table = Array(try reader.slice())
        var tableReader = ByteReader(table)
        let body = encoded.body
        let restored = try StreamReader(&tableReader, decompressor: decompressor) { Array(body[$0]) }
        var lengths = ByteReader(table)
        let kinds = UInt64(StreamKind.allCases.count)
        streams = []
        for index in 0..<(try lengths.count()) {
            let kind = StreamKind(rawValue: UInt8(try lengths.integer() % kinds)) ?? .text
            streams.append(Stream(kind: kind, bytes: try restored.stream(index)))
        }
        fields = Array(reader.bytes[reader.offset...])
    }

    /// The directory and the body, framed again.
    func assembled() throws -> (directory: [UInt8], body: [UInt8]) {
        var writer = StreamWriter(try BatchCompressor())
        for stream in streams { try writer.append(stream.bytes, stream.kind) }
        let packed = try writer.finish()
        var directory: [UInt8] = []
        VariableInteger.append(UInt64(packed.table.count), to: &directory)
        return (directory + packed.table + fields, packed.body)
    }
}
