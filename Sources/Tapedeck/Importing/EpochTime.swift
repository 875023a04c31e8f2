import DeviceProtocol

/// A number of seconds, or of a smaller unit, since the Unix epoch, read exactly from its decimal text.
///
/// The unit follows from the magnitude: below 10¹¹ seconds, below 10¹⁴ milliseconds, below 10¹⁷ microseconds, from there
/// on nanoseconds. Every instant from 1973-03-03 to 2286-11-20 is so read in the unit in which it was written.
struct EpochTime: Hashable {
    /// What the number counts.
    enum Unit: Int, CaseIterable, Hashable {
        case seconds = 9
        case milliseconds = 6
        case microseconds = 3
        case nanoseconds = 0

        /// The powers of ten between the unit and a nanosecond.
        var digits: Int { rawValue }
    }

    /// The unit that the number was read in.
    let unit: Unit
    /// The instant, what is finer than a nanosecond cut off.
    let timestamp: Timestamp

    /// Reads a JSON number; nil when it lies beyond 64-bit nanoseconds.
    init?(_ literal: Span<UInt8>) {
        guard let number = Decimal(literal) else { return nil }
        let magnitude = number.integerDigits
        unit =
            magnitude <= 11
            ? .seconds : magnitude <= 14 ? .milliseconds : magnitude <= 17 ? .microseconds : .nanoseconds
        guard let nanoseconds = number.scaled(by: unit.digits) else { return nil }
        timestamp = Timestamp(nanoseconds: nanoseconds)
    }
}

/// The digits of a JSON number and the place of its point.
private struct Decimal {
    private var isNegative = false
    private var mantissa: UInt64 = 0
    /// The power of ten that the mantissa is to be multiplied by.
    private var exponent = 0

    init?(_ literal: Span<UInt8>) {
        var index = 0
        var isFraction = false
        if index < literal.count, literal[index] == UInt8(ascii: "-") {
            isNegative = true
            index += 1
        }
        while index < literal.count {
            let byte = literal[index]
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else if byte | 0x20 == UInt8(ascii: "e") {
                guard let written = Self.exponent(literal.extracting((index + 1)...)) else { return nil }
                exponent += written
                break
            } else {
                let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
                let (sum, beyond) = product.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
                if overflow || beyond {
                    // Eighteen digits of a fraction are finer than a nanosecond in every unit.
                    guard isFraction else { return nil }
                } else {
                    mantissa = sum
                    if isFraction { exponent -= 1 }
                }
            }
            index += 1
        }
    }

    /// Digits before the point, without leading zeros.
    var integerDigits: Int {
        var digits = 0
        var rest = mantissa
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        return max(0, digits + exponent)
    }

    /// The number times a power of ten, cut off; nil beyond 64 bits.
    func scaled(by power: Int) -> Int64? {
        var value = mantissa
        for _ in 0..<max(0, exponent + power) where value > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product
        }
        for _ in 0..<max(0, -(exponent + power)) where value > 0 { value /= 10 }
        guard value <= UInt64(Int64.max) else { return nil }
        return isNegative ? -Int64(value) : Int64(value)
    }

    /// A signed exponent of at most four digits.
    private static func exponent(_ literal: Span<UInt8>) -> Int? {
        var value = 0
        var isNegative = false
        for index in literal.indices {
            let byte = literal[index]
            if byte == UInt8(ascii: "-") { isNegative = true }
            guard byte != UInt8(ascii: "-"), byte != UInt8(ascii: "+") else { continue }
            value = value * 10 + Int(byte &- UInt8(ascii: "0"))
            guard value <= 9_999 else { return nil }
        }
        return isNegative ? -value : value
    }
}
