/// Writes groups of low bits one after the other, the first one lowest (least significant bit first).
struct IntegerBitWriter {
    private var offset = 0
    private var window: UInt64 = 0
    private var filled: UInt64 = 0

    /// How many bytes must be there to write `bits` bits: whole words are stored, also the last one.
    static func capacity(bits: Int) -> Int {
        (bits + 7) / 8 + 8
    }

    /// Appends the low `width` (0…63) bits of `value`.
    @inline(__always)
    mutating func append(_ value: UInt64, width: Int, to bytes: inout MutableRawSpan) {
        let width = UInt64(truncatingIfNeeded: width)
        let value = value & ((1 &<< width) &- 1)
        window |= value &<< filled
        filled &+= width
        if filled >= 64 {
            flush(to: &bytes)
            filled &-= 64
            // What did not fit; `width - filled` bits of it did, at least one.
            window = value &>> (width &- filled)
        }
    }

    /// Stores what has been appended but not stored yet.
    @inline(__always)
    mutating func flush(to bytes: inout MutableRawSpan) {
        bytes.storeBytes(of: window.littleEndian, toByteOffset: offset, as: UInt64.self)
        offset &+= 8
    }
}

/// Reads groups of low bits at any place.
enum IntegerBitReader {
    /// `bits` and as many zeros behind them as `read` may look at.
    static func padded(_ bits: [UInt8]) -> [UInt8] {
        var padded: [UInt8] = []
        padded.reserveCapacity(bits.count + padding)
        padded.append(contentsOf: bits)
        padded.append(contentsOf: repeatElement(0, count: padding))
        return padded
    }

    /// `width` (0…63) bits from bit `position` on; beyond the end of the padded bits anything.
    @inline(__always)
    static func read(_ padded: RawSpan, at position: Int, width: Int) -> UInt64 {
        // A broken column can lead far behind the end; that is noticed later, but may not be read.
        let byte = min(position &>> 3, padded.byteCount &- padding)
        let shift = UInt64(truncatingIfNeeded: position & 7)
        var window = word(padded, byte) &>> shift
        if width > 57 { window |= (word(padded, byte &+ 8) &<< 1) &<< (63 &- shift) }
        return window & ((1 &<< UInt64(truncatingIfNeeded: width)) &- 1)
    }

    private static var padding: Int { 16 }

    @inline(__always)
    private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
