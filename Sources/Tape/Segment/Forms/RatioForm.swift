/// Long doubles that are k/q for one q of the column, such as the share of a memory of 2,048,000 KiB: the value is k.
///
/// k and q are turned into doubles, divided, and the quotient printed with the fewest digits that read back as it.
struct RatioForm: Hashable, Sendable {
    /// The largest q; with it, numbers up to 8,192 still have an exact k.
    static let maximumDenominator: Int64 = 1 << 40

    /// q, 1…2^40.
    let denominator: Int64
    /// Whether a whole number is printed `1.0`, as Python does, or `1`, as JavaScript does.
    let keepsDecimal: Bool
    let isQuoted: Bool

    /// Takes the nearest denominator in range.
    init(denominator: Int64, keepsDecimal: Bool, isQuoted: Bool) {
        self.denominator = min(max(denominator, 1), Self.maximumDenominator)
        self.keepsDecimal = keepsDecimal
        self.isQuoted = isQuoted
    }

    /// The k of `token`, which `append` prints byte for byte the same; nil when there is none.
    func parse(_ token: Span<UInt8>) -> Int64? {
        guard let text = DecimalText(token, isQuoted: isQuoted), text.fractionCount <= 20 else { return nil }
        let scale = text.fractionCount == 20 ? 1e20 : Double(PowersOfTen[text.fractionCount])
        let numerator = (Double(text.digits) / scale * Double(denominator)).rounded()
        guard numerator <= ShortestDecimal.largest else { return nil }
        let value = Int64(numerator)
        // The quotient above may be off in its last bit: what counts is what this k would print.
        let printed = decimal(of: value)
        guard printed.digits == text.digits, printed.fractionCount == text.fractionCount else { return nil }
        return text.isNegative ? -value : value
    }

    /// Prints k/q; 0 when the quotient lies outside what is printed without an exponent.
    ///
    /// Needs room for ``DecimalText/room`` bytes.
    @inline(__always)
    func append(_ value: Int64, to output: inout OutputSpan<UInt8>) {
        let printed = decimal(of: value)
        DecimalText.append(
            printed.digits, fractionCount: printed.fractionCount, isNegative: value < 0 && printed.digits != 0,
            isQuoted: isQuoted, to: &output)
    }

    @inline(__always)
    private func decimal(of value: Int64) -> (digits: UInt64, fractionCount: Int) {
        let shortest = ShortestDecimal(Double(value.magnitude) / Double(denominator))
        let digits = shortest?.digits ?? 0
        let fractionCount = shortest?.fractionCount ?? 0
        return fractionCount == 0 && keepsDecimal ? (digits &* 10, 1) : (digits, fractionCount)
    }
}
