/// Division without a rest by a number that is known to divide, as a shift and a multiplication.
///
/// An odd number has an inverse modulo 2^64; the product with it is the quotient where there is no rest, and more
/// than (2^64 - 1) / divisor where there is one (Granlund, Montgomery: Division by invariant integers, 1994, §9).
struct IntegerDivisor {
    let value: UInt64
    private let zeros: UInt64
    private let inverse: UInt64
    private let limit: UInt64

    /// `value` is at least 1.
    init(_ value: UInt64) {
        self.value = value
        zeros = UInt64(value.trailingZeroBitCount & 63)
        let odd = value &>> zeros
        // Newton's iteration doubles the correct bits each time: 3, 6, 12, 24, 48, 96.
        var inverse = odd
        for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
        self.inverse = inverse
        limit = .max / max(odd, 1)
    }

    @inline(__always)
    func divides(_ number: UInt64) -> Bool {
        number & ((1 &<< zeros) &- 1) == 0 && (number &>> zeros) &* inverse <= limit
    }

    /// `number` / `value`, which leaves no rest.
    @inline(__always)
    func quotient(_ number: Int64) -> Int64 {
        (number &>> Int64(zeros)) &* Int64(bitPattern: inverse)
    }

    /// The greatest common divisor; 0 with 0 is 0.
    static func common(_ one: UInt64, _ other: UInt64) -> UInt64 {
        if one == 0 || other == 0 { return one | other }
        let zeros = (one | other).trailingZeroBitCount
        var (small, large) = (one &>> UInt64(one.trailingZeroBitCount), other)
        while large != 0 {
            large &>>= UInt64(large.trailingZeroBitCount)
            (small, large) = small < large ? (small, large &- small) : (large, small &- large)
        }
        return small &<< UInt64(zeros)
    }
}

/// What the differences of one run have in common.
struct RunDivisor {
    /// Divides all differences; 0 when they are all 0.
    private(set) var common: UInt64 = 0
    /// How many differences are not 0; counted only as long as `common` is not 1.
    private(set) var changes = 0

    /// A divisor above this is left alone: quotients then never come near the ends of the numbers.
    static let limit: UInt64 = 1 << 62

    init(_ values: Span<Int64>, _ run: Range<Int>) {
        guard let start = run.first else { return }
        var divisor = IntegerDivisor(1)
        let first = values[start]
        for index in run.dropFirst() {
            let difference = (values[index] &- first).magnitude
            if difference == 0 { continue }
            changes += 1
            if common == 0 || !divisor.divides(difference) {
                common = IntegerDivisor.common(common, difference)
                if common == 1 { return }
                divisor = IntegerDivisor(common)
            }
        }
        if common > Self.limit { common = 1 }
    }
}
