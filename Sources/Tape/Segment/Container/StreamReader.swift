/// Finds the streams of a segment in its body and restores the frames that are asked for, each once.
final class StreamReader {
    private struct Stream {
        var kind: StreamKind
        var frame: Int
        var offset: Int
        var count: Int
    }

    private struct Frame {
        var offset: Int
        var stored: Int
        var size: Int
    }

    private let streams: [Stream]
    private let frames: [Frame]
    private var restored: [Int: [UInt8]] = [:]
    private let decompressor: BatchDecompressor
    private let load: (Range<Int>) throws(SegmentDamage) -> [UInt8]
    /// Bytes of the body that the frames take up.
    let bodySize: Int

    /// More than any segment needs; a table that asks for more is damaged or hostile.
    static let sizeLimit = 1 << 30

    /// Reads the table of streams and frames.
    ///
    /// - Parameters:
    ///   - reader: the table.
    ///   - decompressor: restores the frames.
    ///   - load: gives a stretch of the body.
    /// - Throws: ``MalformedFrame`` where the table makes no sense.
    init(
        _ reader: inout ByteReader, decompressor: BatchDecompressor,
        load: @escaping (Range<Int>) throws(SegmentDamage) -> [UInt8]
    ) throws(MalformedFrame) {
        self.decompressor = decompressor
        self.load = load
        let kinds = UInt64(StreamKind.allCases.count)
        var lengths: [(kind: StreamKind, count: Int)] = []
        for _ in 0..<(try reader.count()) {
            let value = try reader.integer()
            guard let kind = StreamKind(rawValue: UInt8(value % kinds)), value / kinds < UInt64(Self.sizeLimit) else {
                throw MalformedFrame(offset: reader.offset, reason: "a stream of \(value / kinds) bytes")
            }
            lengths.append((kind, Int(value / kinds)))
        }
        var frames: [Frame] = []
        var offset = 0
        for _ in 0..<(try reader.count()) {
            let stored = try reader.integer()
            let size = try reader.integer()
            guard stored < UInt64(Self.sizeLimit), size < UInt64(Self.sizeLimit), offset < Self.sizeLimit else {
                throw MalformedFrame(offset: reader.offset, reason: "a frame of \(size) bytes")
            }
            frames.append(Frame(offset: offset, stored: Int(stored), size: Int(size)))
            offset += Int(stored)
        }
        streams = try Self.place(lengths, frames, reader.offset)
        self.frames = frames
        bodySize = offset
    }

    private static func place(
        _ lengths: [(kind: StreamKind, count: Int)], _ frames: [Frame], _ offset: Int
    ) throws(MalformedFrame) -> [Stream] {
        var sharedFrame: [StreamKind: Int] = [:]
        var sharedSize: [StreamKind: Int] = [:]
        for stream in lengths where stream.count > 0 && stream.count < StreamWriter.ownFrameSize {
            sharedSize[stream.kind, default: 0] += stream.count
        }
        for kind in StreamKind.allCases where sharedSize[kind] != nil { sharedFrame[kind] = sharedFrame.count }
        let ownSizes = lengths.map(\.count).filter { $0 >= StreamWriter.ownFrameSize }
        guard sharedFrame.count + ownSizes.count == frames.count else {
            throw MalformedFrame(
                offset: offset,
                reason: "\(frames.count) frames where \(sharedFrame.count + ownSizes.count) were expected")
        }
        var ownFrames = Array(repeating: 0, count: ownSizes.count)
        for (place, stream) in StreamWriter.bodyOrder(ownSizes).enumerated() {
            ownFrames[stream] = sharedFrame.count + place
        }
        var streams: [Stream] = []
        var nextOwn = 0
        var taken: [StreamKind: Int] = [:]
        for (kind, count) in lengths {
            if count >= StreamWriter.ownFrameSize {
                let frame = ownFrames[nextOwn]
                guard frames[frame].size == count else {
                    throw MalformedFrame(offset: offset, reason: "a frame whose size is not its stream's")
                }
                streams.append(Stream(kind: kind, frame: frame, offset: 0, count: count))
                nextOwn += 1
            } else {
                let start = taken[kind, default: 0]
                streams.append(Stream(kind: kind, frame: sharedFrame[kind] ?? 0, offset: start, count: count))
                taken[kind] = start + count
            }
        }
        for (kind, frame) in sharedFrame where frames[frame].size != sharedSize[kind] {
            throw MalformedFrame(offset: offset, reason: "a shared frame whose size is not that of its streams")
        }
        return streams
    }

    var count: Int { streams.count }

    /// The bytes of a stream.
    ///
    /// - Throws: ``SegmentDamage`` where its frame cannot be restored.
    func stream(_ index: Int) throws(SegmentDamage) -> [UInt8] {
        guard streams.indices.contains(index) else { throw SegmentDamage("a stream that is not there (\(index))") }
        let stream = streams[index]
        if stream.count == 0 { return [] }
        if stream.count >= StreamWriter.ownFrameSize { return try restore(stream.frame) }
        let bytes: [UInt8]
        if let known = restored[stream.frame] {
            bytes = known
        } else {
            bytes = try restore(stream.frame)
            restored[stream.frame] = bytes
        }
        return Array(bytes[stream.offset..<stream.offset + stream.count])
    }

    /// Restores every frame and forgets it: a check of all checksums.
    func checkFrames() throws(SegmentDamage) {
        for index in frames.indices { _ = try restore(index) }
    }

    private func restore(_ index: Int) throws(SegmentDamage) -> [UInt8] {
        let frame = frames[index]
        let stored = try load(frame.offset..<frame.offset + frame.stored)
        do {
            return try decompressor.decompress(stored, size: frame.size)
        } catch {
            throw SegmentDamage(error.reason)
        }
    }
}

/// Why a segment, or a part of it, cannot be read.
struct SegmentDamage: Error, Hashable {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    init(_ malformed: MalformedFrame) {
        reason = "\(malformed.reason) (byte \(malformed.offset))"
    }
}
