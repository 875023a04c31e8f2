/// A number of bytes as a person types it: `500MB`, `2GB`, `1.5GiB`, `4096`.
///
/// `kB`, `MB`, `GB` and `TB` are powers of 1000, `KiB`, `MiB`, `GiB` and `TiB` of 1024; the `B` may be left out, case
/// does not matter, and a number alone counts bytes.
enum SizeExpression {
    /// Reads a number of bytes.
    ///
    /// - Throws: ``SizeExpressionError`` when the text is none, or more than 64 bits hold.
    static func parse(_ text: String) throws(SizeExpressionError) -> Int64 {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard let number = Double(digits), number.isFinite else { throw SizeExpressionError(text: text) }
        var unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        if unit.hasSuffix("b") { unit.removeLast() }
        let units: [String: Double] = [
            "": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "ki": 1_024, "mi": 1_048_576, "gi": 1_073_741_824,
            "ti": 1_099_511_627_776,
        ]
        guard let scale = units[unit], number * scale < 9e18 else { throw SizeExpressionError(text: text) }
        return Int64(number * scale)
    }
}

/// A text that is no number of bytes.
struct SizeExpressionError: Error, Hashable, CustomStringConvertible {
    var text: String

    /// One sentence for a person.
    var description: String { "`\(text)` is no size: write it like 500MB, 2GB or 1.5GiB" }
}
