/// Texts of many rows, side by side.
struct TextPool {
    private(set) var bytes: [UInt8] = []

    /// No segment's texts are larger; damage may ask for more.
    private static let limit = MessageBlock.byteLimit
    /// Rows at a time, so that room for the longest texts is made for few of them.
    private static let chunk = 2_048

    /// Appends a text.
    ///
    /// - Throws: ``SegmentDamage`` beyond the limit.
    mutating func append(_ text: [UInt8]) throws(SegmentDamage) -> ByteRange {
        try check(text.count)
        let range = ByteRange(start: bytes.count, count: text.count)
        // Large texts are most often the only ones of their column.
        if bytes.isEmpty { bytes = text } else { bytes.append(contentsOf: text) }
        return range
    }

    /// Appends a text of another pool behind a separator.
    ///
    /// - Throws: ``SegmentDamage`` beyond the limit.
    mutating func append(
        _ range: ByteRange, of other: TextPool, after separator: [UInt8]
    ) throws(SegmentDamage) {
        try check(separator.count + Int(range.count))
        bytes.append(contentsOf: separator)
        bytes.append(range.range, of: other.bytes)
    }

    /// Appends one text after the other.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - wanted: for each whether it is needed; nil for all.
    ///   - room: bytes that `print` needs to be free.
    ///   - print: prints one.
    /// - Returns: where each lies; of those that are not wanted, nothing.
    /// - Throws: ``SegmentDamage`` beyond the limit.
    @inline(__always)
    mutating func append(
        _ count: Int, _ wanted: [Bool]?, room: Int, _ print: (Int, inout OutputSpan<UInt8>) -> Void
    ) throws(SegmentDamage) -> [ByteRange] {
        var ranges: [ByteRange] = []
        ranges.reserveCapacity(count)
        var first = 0
        while first < count {
            let last = min(count, first + Self.chunk)
            try check((last - first) * room)
            let base = bytes.count
            bytes.append(addingCapacity: (last - first) * room) { (output: inout OutputSpan<UInt8>) in
                for index in first..<last {
                    let start = output.count
                    if wanted?[index] ?? true { print(index, &output) }
                    ranges.append(ByteRange(start: base + start, count: output.count - start))
                }
            }
            first = last
        }
        return ranges
    }

    private func check(_ more: Int) throws(SegmentDamage) {
        guard more <= Self.limit - bytes.count else {
            throw SegmentDamage("more than \(Self.limit) bytes of text")
        }
    }
}
