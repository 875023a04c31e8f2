/// The fewest decimal digits that read back as a given `Double`, and of those the nearest to it, the even one of two.
///
/// The digits are generated one by one until what is left lies within half the gap to the neighbouring doubles
/// (Steele and White, How to print floating-point numbers accurately, 1990), in exact integers: in the range that is
/// supported no number needs more than 72 bits. JavaScript (ECMA-262 §6.1.6.1.20) and Python (`repr`) print the same
/// digits, and in this range both print them without an exponent.
struct ShortestDecimal: Hashable {
    /// All digits as one integer of at most 17 digits, the point left out.
    var digits: UInt64
    /// How many of the digits stand behind the point: 0…20.
    var fractionCount: Int

    /// The smallest number that Python still prints without an exponent; JavaScript goes lower.
    static let smallest = 1e-4
    /// Up to here every whole number is a double of its own.
    static let largest = 9_007_199_254_740_992.0

    /// The digits of `value`, which is positive; nil outside `smallest ..< largest`.
    @inline(__always)
    init?(_ value: Double) {
        guard value >= Self.smallest, value < Self.largest else { return nil }
        // value = mantissa / 2^shift, and shift is 0…66.
        let mantissa = value.significandBitPattern | (1 << 52)
        let shift = 1075 - Int(value.exponentBitPattern)
        guard shift >= 0, shift <= 66 else { return nil }
        let whole = shift < 64 ? mantissa >> UInt64(shift) : 0
        let rest = shift < 64 ? mantissa & ((1 << UInt64(shift)) &- 1) : mantissa
        digits = whole
        fractionCount = 0
        guard rest != 0 else { return }
        // Ten times a remainder must fit, which counts quarters of the last bit: 58 + 2 + 4 bits.
        if shift <= 58 {
            generate(rest, shift: UInt64(shift), mantissa: mantissa)
        } else {
            generate(UInt128(rest), shift: UInt128(shift), mantissa: mantissa)
        }
    }

    @inline(__always)
    private mutating func generate<Word: FixedWidthInteger & UnsignedInteger>(
        _ rest: Word, shift: Word, mantissa: UInt64
    ) {
        let one: Word = 4 << shift
        // Below a power of two the neighbour is half as far. A tie reads back as the even mantissa of the two.
        var below: Word = mantissa == 1 << 52 ? 1 : 2
        var above: Word = 2
        let slack: Word = mantissa & 1 == 0 ? 0 : 1
        var remainder = rest << 2
        while true {
            remainder = remainder &* 10
            below = below &* 10
            above = above &* 10
            let digit = UInt64(truncatingIfNeeded: remainder >> (shift &+ 2))
            remainder &= one &- 1
            digits = digits &* 10 &+ digit
            fractionCount &+= 1
            let canStay = remainder &+ slack <= below
            let canRise = remainder &+ above >= one &+ slack
            guard canStay || canRise else { continue }
            // Of two that are equally near, the one with the even last digit.
            let isOdd = Word(truncatingIfNeeded: digits & 1)
            if canRise, !canStay || remainder &+ remainder &+ isOdd > one { digits &+= 1 }
            return
        }
    }
}
