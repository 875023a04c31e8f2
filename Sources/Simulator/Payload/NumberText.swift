/// Numbers and times as the bytes that stand in a payload.
enum NumberText {
    /// A number rounded to a few decimal places, without trailing zeros; a whole number ends in `.0` if it
    /// `keepsPoint`.
    static func decimal(_ value: Double, places: Int, keepsPoint: Bool) -> [UInt8] {
        var scale: Int64 = 1
        for _ in 0..<places { scale &*= 10 }
        let scaled = (value * Double(scale)).rounded()
        guard scaled.magnitude < 1e15 else { return Array("0".utf8) }
        let number = Int64(scaled)
        var text: [UInt8] = number < 0 ? [UInt8(ascii: "-")] : []
        text += Array(String(number.magnitude / scale.magnitude).utf8)
        guard places > 0 else { return text }
        var fraction = digits(Int(number.magnitude % scale.magnitude), count: places)
        while fraction.last == UInt8(ascii: "0"), fraction.count > (keepsPoint ? 1 : 0) { fraction.removeLast() }
        return fraction.isEmpty ? text : text + [UInt8(ascii: ".")] + fraction
    }

    /// A number that is not negative with leading zeros.
    static func digits(_ value: Int, count: Int) -> [UInt8] {
        var rest = value
        var digits = [UInt8](repeating: UInt8(ascii: "0"), count: count)
        for index in digits.indices.reversed() {
            digits[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return digits
    }
}
