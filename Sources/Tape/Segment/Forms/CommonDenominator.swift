/// Finds the q of a column whose numbers are doubles k/q.
enum CommonDenominator {
    /// Numbers looked at; the first four must already tell.
    private static let sampleCount = 48
    /// A fraction with a larger denominator is no surprise: half of all doubles have one below 2^26.
    private static let largestSurprise: UInt64 = 1 << 24

    /// The least common denominator of the sample's long numbers, at most 2^40; nil when three quarters have none.
    static func find(_ arena: Span<UInt8>, _ tokens: [ByteRange], isQuoted: Bool) -> Int64? {
        var denominators: [UInt64] = []
        var seen = 0
        let step = max(1, tokens.count / (2 * sampleCount))
        var index = 0
        while index < tokens.count, seen < sampleCount {
            let range = tokens[index].range
            index += step
            guard range.upperBound <= arena.count,
                let text = DecimalText(arena.extracting(range), isQuoted: isQuoted),
                text.fractionCount >= DecimalShapes.longDecimals
            else { continue }
            seen += 1
            if let denominator = denominator(of: text) { denominators.append(denominator) }
            if seen >= 4, denominators.count * 2 < seen { return nil }
        }
        guard denominators.count * 4 >= seen * 3, !denominators.isEmpty else { return nil }
        // A number of another kind must not spoil the multiple: two in three attempts start elsewhere.
        for start in [0, denominators.count / 3, denominators.count * 2 / 3] {
            if let multiple = commonMultiple(denominators[start...] + denominators[..<start]) { return multiple }
        }
        return nil
    }

    private static func commonMultiple(_ denominators: ArraySlice<UInt64>) -> Int64? {
        var multiple: UInt64 = 1
        var misses = 0
        for denominator in denominators {
            let (next, overflow) = (multiple / divisor(multiple, denominator))
                .multipliedReportingOverflow(by: denominator)
            if overflow || next > RatioForm.maximumDenominator.magnitude { misses += 1 } else { multiple = next }
        }
        return misses * 4 <= denominators.count && multiple > 1 ? Int64(multiple) : nil
    }

    private static func divisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return max(left, 1)
    }

    /// The smallest denominator of a fraction that prints as `text`.
    ///
    /// Of all fractions with denominators up to its own, a convergent of the continued fraction of a number is the
    /// nearest to it (Hardy and Wright, An introduction to the theory of numbers, §10.15).
    private static func denominator(of text: DecimalText) -> UInt64? {
        guard text.fractionCount <= 19 else { return nil }
        var (dividend, divisor) = (text.digits, PowersOfTen[text.fractionCount])
        var (before, current): (UInt64, UInt64) = (1, 0)
        let exact = Double(dividend) / Double(divisor)
        while divisor != 0 {
            let quotient = dividend / divisor
            (dividend, divisor) = (divisor, dividend % divisor)
            let (product, overflow) = quotient.multipliedReportingOverflow(by: current)
            guard !overflow, product <= largestSurprise else { break }
            (before, current) = (current, product + before)
            if current > 1, current <= largestSurprise, prints(text, exact, over: current) { return current }
        }
        return powerOfTwo(text, exact)
    }

    /// The power of two that numbers of single precision have as denominator, which may be larger.
    private static func powerOfTwo(_ text: DecimalText, _ exact: Double) -> UInt64? {
        let largest = RatioForm.maximumDenominator.magnitude
        let numerator = (exact * Double(largest)).rounded()
        guard numerator >= 1, numerator <= ShortestDecimal.largest, prints(text, exact, over: largest) else {
            return nil
        }
        return largest >> UInt64(min(UInt64(numerator).trailingZeroBitCount, 40))
    }

    private static func prints(_ text: DecimalText, _ exact: Double, over denominator: UInt64) -> Bool {
        let scale = Double(denominator)
        let quotient = (exact * scale).rounded() / scale
        guard abs(quotient - exact) <= 2 * exact.ulp, let printed = ShortestDecimal(quotient) else { return false }
        return printed.digits == text.digits && printed.fractionCount == text.fractionCount
    }
}
