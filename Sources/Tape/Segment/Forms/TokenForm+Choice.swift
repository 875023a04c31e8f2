extension TokenForm {
    /// The form that fits a sample of a column's tokens best, and how many of them it fits.
    ///
    /// - Parameters:
    ///   - arena: the bytes that the tokens lie in; a token that reaches beyond them counts as one that does not fit.
    ///   - tokens: the sample, in the column's order.
    /// - Returns: nil when no form fits three quarters of the sample.
    static func choose(arena: Span<UInt8>, tokens: [ByteRange]) -> (form: TokenForm, fitting: Int)? {
        var shapes = TokenShapes()
        for token in tokens where token.range.upperBound <= arena.count {
            shapes.count(arena.extracting(token.range))
        }
        let needed = max(1, (tokens.count * 3 + 3) / 4)
        var best: (form: TokenForm, fitting: Int)?
        for form in shapes.candidates {
            let fitting = form.countFitting(arena, tokens)
            guard fitting >= needed, fitting > best?.fitting ?? 0 else { continue }
            best = (form, fitting)
        }
        guard shapes.hasLongDecimals,
            let denominator = CommonDenominator.find(arena, tokens, isQuoted: shapes.longDecimalsAreQuoted)
        else { return best }
        // A ratio's numerators are shorter than the mantissas of decimals that fit as well.
        for keepsDecimal in [false, true] {
            let form = TokenForm.ratio(
                RatioForm(
                    denominator: denominator, keepsDecimal: keepsDecimal, isQuoted: shapes.longDecimalsAreQuoted))
            let fitting = form.countFitting(arena, tokens)
            var isBetter = fitting > best?.fitting ?? 0
            if case .decimal(let decimal) = best?.form, denominator.magnitude < PowersOfTen[decimal.decimals] {
                isBetter = isBetter || fitting == best?.fitting
            }
            guard fitting >= needed, isBetter else { continue }
            best = (form, fitting)
        }
        return best
    }

    /// How many of `tokens` this form reads.
    func countFitting(_ arena: Span<UInt8>, _ tokens: [ByteRange]) -> Int {
        switch self {
        case .decimal(let form): return Self.count(arena, tokens) { form.parse($0) != nil }
        case .ratio(let form): return Self.count(arena, tokens) { form.parse($0) != nil }
        case .time(let form): return Self.count(arena, tokens) { form.parse($0) != nil }
        case .uuid(let form): return Self.count(arena, tokens) { form.parse($0) != nil }
        case .hex(let form):
            var packed: [UInt8] = []
            return Self.count(arena, tokens) { token in
                packed.removeAll(keepingCapacity: true)
                return form.parse(token, into: &packed)
            }
        }
    }

    @inline(__always)
    private static func count(_ arena: Span<UInt8>, _ tokens: [ByteRange], where fits: (Span<UInt8>) -> Bool) -> Int {
        var count = 0
        for token in tokens where token.range.upperBound <= arena.count {
            if fits(arena.extracting(token.range)) { count += 1 }
        }
        return count
    }
}
