/// A length of time in rules: `250ms`, `2s`, `1.5s`, `5m`, `1h`.
enum TimeLength {
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3_600e9),
    ]

    /// A length in ns; nil where the text is none.
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let unit = units.first(where: { $0.name == text.dropFirst(digits.count) }),
            let value = Double(digits), value.isFinite
        else { return nil }
        return Int64(exactly: (value * unit.nanoseconds).rounded())
    }

    /// A length as text, in the largest unit that it is whole thousandths of.
    static func text(_ nanoseconds: Int64) -> String {
        if nanoseconds % 1_000_000_000 == 0 { return "\(nanoseconds / 1_000_000_000)s" }
        if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
        return "\(nanoseconds)ns"
    }
}
