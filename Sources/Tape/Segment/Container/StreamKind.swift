/// What a stream of a segment holds; small streams of one kind share a frame (docs/tape-format.md, "Streams").
enum StreamKind: UInt8, CaseIterable {
    /// Symbols of integer columns.
    case symbols
    /// Low bits of integer columns.
    case bits
    /// Codes of dictionary columns.
    case codes
    /// Literal text.
    case text
    /// Records of one size: UUIDs, packed hexadecimal digits.
    case records

    /// What pays: in noise zstd finds short repeats that cost more than they save.
    var effort: CompressionEffort {
        switch self {
        case .bits, .records: CompressionEffort(level: 1)
        case .symbols: CompressionEffort(level: 3, matchesAreRare: true)
        case .codes: CompressionEffort(level: 9)
        case .text: CompressionEffort(level: 6)
        }
    }
}
