@testable import Tape

/// A segment whose directory and streams are the input, framed afresh so that no checksum hides the inside.
///
/// The input: how many streams; of each its kind, its length and its bytes; the rest is the directory behind the table
/// of streams.
enum SegmentCheck {
    static func run(_ bytes: [UInt8]) {
        guard let assembled = assemble(bytes), let decompressor = try? BatchDecompressor() else { return }
        let body = assembled.body
        do throws(SegmentDamage) {
            let segment = try SegmentReader(
                directory: assembled.directory, dictionary: HeldDictionary(Samples.dictionary),
                decompressor: decompressor
            ) { range throws(SegmentDamage) in
                guard range.upperBound <= body.count else { throw SegmentDamage("the body is too short") }
                return Array(body[range])
            }
            // More messages than this take longer than they teach.
            guard segment.layout.count <= 4_096 else { return }
            for group in segment.layout.groups.indices { _ = try segment.ranks(ofGroup: group) }
            var block = MessageBlock(firstSequence: 1)
            try block.append(segment)
            require(block.count == segment.layout.count, "as many messages as the directory says")
        } catch {}
    }

    private static func assemble(_ bytes: [UInt8]) -> (directory: [UInt8], body: [UInt8])? {
        var reader = ByteReader(bytes)
        guard let count = try? reader.byte(), let compressor = try? BatchCompressor() else { return nil }
        var writer = StreamWriter(compressor)
        for _ in 0..<count {
            guard let kind = try? reader.byte(), let stream = try? reader.slice() else { return nil }
            let kinds = StreamKind.allCases
            guard (try? writer.append(Array(stream), kinds[Int(kind) % kinds.count])) != nil else { return nil }
        }
        guard let packed = try? writer.finish() else { return nil }
        var directory: [UInt8] = []
        VariableInteger.append(UInt64(packed.table.count), to: &directory)
        return (directory + packed.table + bytes[reader.offset...], packed.body)
    }

    /// The input that is a segment; nil where it has too many streams.
    static func input(_ parts: SegmentParts) -> [UInt8]? {
        guard parts.streams.count < 256 else { return nil }
        var bytes = [UInt8(parts.streams.count)]
        for stream in parts.streams {
            bytes.append(stream.kind.rawValue)
            VariableInteger.append(UInt64(stream.bytes.count), to: &bytes)
            bytes += stream.bytes
        }
        return bytes + parts.fields
    }
}

/// Payloads, divided by zero bytes, sealed and read back.
enum RoundTripCheck {
    static func run(_ bytes: [UInt8]) {
        var block = MessageBlock(firstSequence: 1)
        for (number, payload) in bytes.split(separator: 0, omittingEmptySubsequences: false).enumerated() {
            // Several times, so that they make a group.
            for copy in 0..<SegmentEncoder.groupThreshold {
                let place = number * SegmentEncoder.groupThreshold + copy
                block.append(Samples.message(Array(payload), number: place), clock: 1)
            }
        }
        guard block.count <= 4_096, var sealer = try? BlockSealer(dictionary: TapeDictionary()) else { return }
        let sealed = try? sealer.seal(block)
        require(sealed != nil, "messages come back")
        require(sealed?.literal == 0, "messages come back without a second attempt")
    }
}
