/// What a stream of a segment holds; small streams of one kind share a frame (schema/tape-format.md, "Streams").
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

    /// The zstd level that pays: noise is only looked at once.
    var level: Int32 {
        switch self {
        case .bits, .records: 1
        case .symbols, .codes, .text: 3
        }
    }
}
