/// Numbers as people read them, the same in every locale.
public enum HumanFormat {
    /// A size in bytes with decimal units: `999 B`, `1.2 MB`, `123 GB`.
    public static func bytes(_ count: Int64) -> String {
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        let sign = count < 0 ? "-" : ""
        guard count.magnitude >= 1000 else { return "\(count) B" }
        var scale: UInt64 = 1000
        for unit in units {
            // Rounding may reach the next unit: 999,960 bytes are 1.0 MB, not 1000 kB.
            let text = threeDigits(count.magnitude, per: scale)
            if let text { return "\(sign)\(text) \(unit)" }
            scale = scale &* 1000
        }
        return "\(count) B"
    }

    /// A number of things with thousands separators: `1,234,567`.
    public static func count(_ value: some FixedWidthInteger) -> String {
        let digits = Array(String(value.magnitude).utf8)
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return text
    }

    /// A count and its noun: `1 message`, `1,234 messages`.
    ///
    /// - Parameters:
    ///   - value: how many.
    ///   - noun: the word for one.
    ///   - many: the word for none or several, where it is not the noun and an `s`.
    /// - Returns: the count with thousands separators, and the word that fits it.
    public static func count(_ value: some FixedWidthInteger, _ noun: String, _ many: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? noun : many ?? noun + "s")"
    }

    /// How many a second: `74,000/s`, `0.3/s`; `–` when no time has passed.
    public static func rate(_ count: Int64, nanoseconds: Int64) -> String {
        guard nanoseconds > 0 else { return "–" }
        return perSecond(Double(count) / (Double(nanoseconds) / 1e9))
    }

    /// A rate that is already known: `74,000/s`, `0.3/s`.
    public static func perSecond(_ rate: Double) -> String {
        guard rate.isFinite, rate.magnitude < 1e15 else { return "–" }
        if rate.magnitude >= 9.95 || rate == 0 { return count(Int64(rate.rounded())) + "/s" }
        return (rate.magnitude >= 0.095 ? decimal(rate, places: 1) : decimal(rate, places: 3)) + "/s"
    }

    /// A share of one as a percentage: 0.994 is `99.4 %`.
    ///
    /// A share that is not all never reads `100 %`, and one that is not nothing never `0 %`.
    public static func percent(_ share: Double) -> String {
        guard share.isFinite, share.magnitude < 1e12 else { return "–" }
        if share == 0 { return "0 %" }
        if share == 1 { return "100 %" }
        if share > 0, share < 0.000_5 { return "<0.1 %" }
        if share >= 0.999_5, share < 1 { return ">99.9 %" }
        return decimal(share * 100, places: 1) + " %"
    }

    /// How many times as much: `×12.3`, `×0.42`.
    public static func ratio(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "–" }
        if value.magnitude >= 99.95 { return "×" + count(Int64(value.rounded())) }
        return "×" + decimal(value, places: value.magnitude >= 0.95 ? 1 : 2)
    }

    /// A number below 1e15 with a fixed count of decimal places, rounded half away from zero.
    private static func decimal(_ value: Double, places: Int) -> String {
        let scale = (0..<places).reduce(Int64(1)) { product, _ in product &* 10 }
        let scaled = Int64((value * Double(scale)).rounded())
        let fraction = String(scaled.magnitude % scale.magnitude)
        let padding = String(repeating: "0", count: max(0, places - fraction.count))
        return (scaled < 0 ? "-" : "") + "\(scaled.magnitude / scale.magnitude).\(padding)\(fraction)"
    }

    /// `value` in units of `scale` with two or three digits, nil when it rounds to a thousand or more.
    private static func threeDigits(_ value: UInt64, per scale: UInt64) -> String? {
        let tenths = rounded(value, per: scale / 10)
        if tenths < 1000 { return "\(tenths / 10).\(tenths % 10)" }
        let whole = rounded(value, per: scale)
        return whole < 1000 ? "\(whole)" : nil
    }

    private static func rounded(_ value: UInt64, per scale: UInt64) -> UInt64 {
        value / scale + (value % scale >= scale / 2 ? 1 : 0)
    }
}
