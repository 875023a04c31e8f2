/// Eight decimal digits at a time, in one register (SIMD within a register).
enum DigitWord {
    /// One more than the largest number of eight digits.
    static let limit: UInt64 = 100_000_000

    /// The number that eight bytes spell, which were read as a little-endian number; nil unless all are digits.
    @inline(__always)
    static func decode(_ text: UInt64) -> UInt64? {
        let values = text ^ 0x3030_3030_3030_3030
        guard (values | (values &+ 0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == 0 else { return nil }
        // Neighbours are joined to pairs, pairs to fours, fours to eight.
        let pairs = (values &* 10 &+ values >> 8) & 0x00ff_00ff_00ff_00ff
        let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_ffff_0000_ffff
        return (fours &* 10_000 &+ fours >> 32) & 0xffff_ffff
    }

    /// The eight digits of `value`, which is below `limit`, to be stored as a little-endian number.
    @inline(__always)
    static func encode(_ value: UInt64) -> UInt64 {
        let high = value / 10_000
        let fours = high | (value &- high &* 10_000) << 32
        let hundreds = (fours &* 10_486) >> 20 & 0x0000_007f_0000_007f
        let pairs = hundreds | (fours &- hundreds &* 100) << 16
        let tens = (pairs &* 103) >> 10 & 0x000f_000f_000f_000f
        return 0x3030_3030_3030_3030 &+ (tens | (pairs &- tens &* 10) << 8)
    }
}

extension MutableRawSpan {
    /// Stores eight bytes from `offset` on.
    @inline(__always)
    mutating func store(_ word: UInt64, at offset: Int) {
        storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
    }
}
