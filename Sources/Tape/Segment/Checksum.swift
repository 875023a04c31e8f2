/// CRC-32 as zlib and PNG have it (ISO 3309, polynomial 0xEDB88320), for the small rows that no zstd frame protects.
enum Checksum {
    static func of(_ bytes: some Sequence<UInt8>) -> Int64 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder = table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] ^ remainder >> 8
        }
        return Int64(~remainder)
    }

    private static let table: [UInt32] = (0..<256).map { index in
        var remainder = UInt32(index)
        for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        return remainder
    }
}
