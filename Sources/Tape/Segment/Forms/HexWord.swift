/// Eight hexadecimal digits at a time, in one register (SIMD within a register).
enum HexWord {
    /// The 32 bits that eight bytes spell, the first digit highest, which were read as a little-endian number; nil unless
    /// all are digits of this case.
    @inline(__always)
    static func decode(_ text: UInt64, isUpperCase: Bool) -> UInt32? {
        // Letters have bit 6 set and digits have not; a letter's low four bits are nine short of its value.
        let letters = (text & 0x4040_4040_4040_4040) >> 6
        let nibbles = (text & 0x0f0f_0f0f_0f0f_0f0f) &+ letters &* 9
        // Sums stay below 0x19 a byte, so nothing has spilled over; whatever is no digit prints differently.
        guard spelling(nibbles & 0x0f0f_0f0f_0f0f_0f0f, isUpperCase: isUpperCase) == text else { return nil }
        var packed = nibbles.byteSwapped
        packed = (packed | packed >> 4) & 0x00ff_00ff_00ff_00ff
        packed = (packed | packed >> 8) & 0x0000_ffff_0000_ffff
        return UInt32(truncatingIfNeeded: packed | packed >> 16)
    }

    /// The eight digits of `value`, to be stored as a little-endian number.
    @inline(__always)
    static func encode(_ value: UInt32, isUpperCase: Bool) -> UInt64 {
        var nibbles = UInt64(value)
        nibbles = (nibbles | nibbles << 16) & 0x0000_ffff_0000_ffff
        nibbles = (nibbles | nibbles << 8) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles | nibbles << 4) & 0x0f0f_0f0f_0f0f_0f0f
        return spelling(nibbles.byteSwapped, isUpperCase: isUpperCase)
    }

    /// The digit for the number 0…15 in each byte.
    @inline(__always)
    private static func spelling(_ nibbles: UInt64, isUpperCase: Bool) -> UInt64 {
        let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* (isUpperCase ? 0x07 : 0x27)
    }
}

extension RawSpan {
    /// Eight bytes from `offset` as a little-endian number.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Four bytes from `offset` as a little-endian number.
    @inline(__always)
    func halfWord(at offset: Int) -> UInt64 {
        UInt64(UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
}
