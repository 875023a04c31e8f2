/// A number with an exact decimal spelling: digits times a power of ten.
struct Decimal {
    let digits: Int64
    let exponent: Int

    var value: Double { Double("\(digits)e\(exponent)") ?? 0 }

    /// The exponent of the largest power of ten that is not above a positive number.
    static func exponent(of value: Double) -> Int {
        guard value.isFinite, value > 0 else { return -300 }
        // log10(2) = 0.30103; the estimate is one too high at most near a power of ten.
        var exponent = Int(floor: Double(value.exponent) * 0.30103)
        while exponent < 308, Decimal(digits: 1, exponent: exponent + 1).value <= value { exponent += 1 }
        while exponent > -320, Decimal(digits: 1, exponent: exponent).value > value { exponent -= 1 }
        return exponent
    }

    /// All numbers in one notation: in full unless that is long and the one with an exponent is shorter.
    static func labels(_ numbers: [Decimal]) -> [String] {
        let short = numbers.map(\.scientific)
        let shortest = short.lazy.map(\.utf8.count).max() ?? 0
        let full = numbers.compactMap(\.full)
        guard full.count == numbers.count else { return short }
        let longest = full.lazy.map(\.utf8.count).max() ?? 0
        return longest <= 8 || longest <= shortest ? full : short
    }

    /// Such as `-0.25`; nil when it had more than 20 digits.
    private var full: String? {
        guard (-18...18).contains(exponent) else { return nil }
        if digits == 0 { return "0" }
        let sign = digits < 0 ? "-" : ""
        var text = String(digits.magnitude)
        if exponent >= 0 { return sign + text + String(repeating: "0", count: exponent) }
        let places = -exponent
        if text.utf8.count <= places { text = String(repeating: "0", count: places + 1 - text.utf8.count) + text }
        return sign + text.dropLast(places) + "." + text.suffix(places)
    }

    /// Such as `-2.5e-9`.
    private var scientific: String {
        if digits == 0 { return "0" }
        let text = String(digits.magnitude)
        var rest = text.dropFirst()
        while rest.last == "0" { rest.removeLast() }
        let head = (digits < 0 ? "-" : "") + text.prefix(1) + (rest.isEmpty ? "" : "." + rest)
        return head + "e" + String(exponent + text.utf8.count - 1)
    }
}
