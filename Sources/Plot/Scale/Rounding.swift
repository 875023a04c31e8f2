extension Int {
    /// The nearest whole number, halves away from zero; numbers that no drawing has are held at ±2^53.
    ///
    /// Implementation note: Double's own rounding needs the mathematics library, which the standard library alone does
    /// not link on Linux.
    init(nearest value: Double) {
        self.init(Self.held(value < 0 ? value - 0.5 : value + 0.5))
    }

    /// The largest whole number that is not above.
    init(floor value: Double) {
        let held = Self.held(value)
        let whole = Int(held)
        self = Double(whole) > held ? whole - 1 : whole
    }

    /// The smallest whole number that is not below.
    init(ceiling value: Double) {
        self = -Int(floor: -value)
    }

    private static func held(_ value: Double) -> Double {
        let limit = 9_007_199_254_740_992.0
        return value.isNaN ? 0 : Swift.max(-limit, Swift.min(limit, value))
    }
}
