import Glibc

/// What the tape's codec does with runs of bytes many million times; the only raw memory access of the codec.
///
/// Invariant: every pointer stays inside `withUnsafeBufferPointer` of the span or array that it came from, and every
/// offset is checked against that buffer's count before it is used.
extension Span<UInt8> {
    /// Whether the bytes from `start` on begin with `other`.
    func matches(_ other: Span<UInt8>, at start: Int) -> Bool {
        guard start >= 0, other.count <= count - start else { return false }
        return withUnsafeBufferPointer { own in
            other.withUnsafeBufferPointer { other in
                guard let base = own.baseAddress, let otherBase = other.baseAddress else { return other.isEmpty }
                return memcmp(base + start, otherBase, other.count) == 0
            }
        }
    }

    /// Whether two runs of bytes are the same.
    func equals(_ other: Span<UInt8>) -> Bool {
        count == other.count && matches(other, at: 0)
    }

    /// A 64-bit hash, eight bytes at a time: multiply, fold the halves.
    func hash(seed: UInt64) -> UInt64 {
        withUnsafeBytes { bytes in
            var hash = seed ^ (UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15)
            var offset = 0
            while bytes.count - offset >= 8 {
                hash = Self.fold(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            var rest: UInt64 = 0
            while offset < bytes.count {
                rest = rest << 8 | UInt64(bytes[offset])
                offset += 1
            }
            return Self.fold(hash ^ rest ^ 0xA076_1D64_78BD_642F)
        }
    }

    private static func fold(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}

extension Array<UInt8> {
    /// Appends a run of bytes.
    mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends a stretch of other bytes.
    @inline(__always)
    mutating func append(_ range: Range<Int>, of bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }
}

extension OutputSpan<UInt8> {
    /// Room that makes appending short stretches fast: they are then copied by one wide store.
    static var slack: Int { 16 }

    /// Appends a stretch of other bytes; it must lie inside of them, and room must be free.
    @inline(__always)
    mutating func append(_ range: ByteRange, of bytes: Span<UInt8>) {
        let start = Int(range.start)
        let size = Int(range.count)
        precondition(start + size <= bytes.count && size <= freeCapacity)
        bytes.withUnsafeBufferPointer { source in
            withUnsafeMutableBufferPointer { target, count in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                if size <= Self.slack, start + Self.slack <= source.count, count + Self.slack <= target.count {
                    let word = UnsafeRawPointer(from + start).loadUnaligned(as: SIMD2<UInt64>.self)
                    UnsafeMutableRawPointer(to + count).storeBytes(of: word, as: SIMD2<UInt64>.self)
                } else {
                    memcpy(to + count, from + start, size)
                }
                count += size
            }
        }
    }
}
