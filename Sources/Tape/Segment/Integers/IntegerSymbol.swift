/// A number that is never negative as one byte and some low bits.
///
/// 0…15 are their own symbol. Above, the symbol is four times the position of the top bit plus the two bits below it
/// (so that a symbol covers a quarter of an octave), and the bits below those follow as they are.
enum IntegerSymbol {
    // Implementation note: whether a number is small is as good as random, so all three choose by masks: a branch that is
    // predicted wrong costs more than everything else here.

    /// The symbol that stands for `number`.
    @inline(__always)
    static func symbol(of number: UInt64) -> UInt8 {
        let top = UInt64(truncatingIfNeeded: 63 &- (number | 16).leadingZeroBitCount)
        let large = 4 &* top &+ ((number &>> (top &- 2)) & 3)
        let isSmall: UInt64 = number < 16 ? .max : 0
        return UInt8(truncatingIfNeeded: (number & isSmall) | (large & ~isSmall))
    }

    /// How many low bits follow `symbol`: 0…61.
    @inline(__always)
    static func width(of symbol: UInt8) -> Int {
        let symbol = Int(symbol)
        return ((symbol &>> 2) &- 2) & isLarge(symbol)
    }

    /// The smallest number that has `symbol`.
    @inline(__always)
    static func base(of symbol: UInt8) -> UInt64 {
        let large = (4 | UInt64(symbol & 3)) &<< UInt64(truncatingIfNeeded: width(of: symbol))
        let mask = UInt64(bitPattern: Int64(isLarge(Int(symbol))))
        return (large & mask) | (UInt64(symbol) & ~mask)
    }

    /// All bits set from 16 on, else none.
    @inline(__always)
    private static func isLarge(_ symbol: Int) -> Int {
        (15 &- symbol) &>> (Int.bitWidth - 1)
    }

    /// Maps 0, -1, 1, -2… to 0, 1, 2, 3….
    @inline(__always)
    static func folded(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: (value &<< 1) ^ (value &>> 63))
    }

    /// The inverse of `folded`.
    @inline(__always)
    static func unfolded(_ number: UInt64) -> Int64 {
        Int64(bitPattern: (number &>> 1) ^ (0 &- (number & 1)))
    }
}

/// Logarithms to base 2 in whole 1/256ths, the unit of all estimates here: integers, so the same on every machine.
enum BinaryLogarithm {
    /// How many parts a bit has.
    static let unit = 256

    /// log2 of `number`, 0 of 0.
    @inline(__always)
    static func of(_ number: UInt64, _ fractions: Span<UInt16>) -> Int {
        if number < 2 { return 0 }
        let top = 63 &- number.leadingZeroBitCount
        // The eight bits below the top one look the fraction up.
        let mantissa = (number &<< UInt64(63 &- top)) &>> 55 & 0xff
        return top &* unit &+ Int(fractions[Int(truncatingIfNeeded: mantissa)])
    }

    /// log2(1 + i / 256) for i in 0…255, by repeated squaring.
    static let fractions: [UInt16] = (0..<256).map { index in
        var square = UInt64(256 + index) << 22  // 1 + i/256 with 30 fractional bits
        var logarithm: UInt16 = 0
        for _ in 0..<8 {
            square = (square &* square) >> 30
            logarithm <<= 1
            if square >= 1 << 31 {
                square >>= 1
                logarithm |= 1
            }
        }
        return logarithm
    }

    /// log2(1 + n) of the numbers that each of the 256 symbols stands for, about.
    static let costs: [UInt16] = (0..<256).map { symbol in
        let symbol = UInt8(symbol)
        let middle = IntegerSymbol.base(of: symbol) &+ (1 << UInt64(IntegerSymbol.width(of: symbol))) / 2
        return UInt16(of(middle &+ 1, fractions.span))
    }
}
