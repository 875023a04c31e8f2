/// Numbers as an integer mantissa at a common count of decimals, with the habit of the printer that wrote them.
struct DecimalForm: Hashable, Sendable {
    /// How a printer treats zeros at the end of the fraction.
    enum Habit: UInt8, CaseIterable, Sendable {
        /// All decimals always: `12.50`.
        case fixed
        /// No zeros at the end, no point in a whole number: `12.5`, `100`, as JavaScript does.
        case shortest
        /// No zeros at the end, but one decimal at least: `12.5`, `100.0`, as Python does.
        case shortestWithDecimal
    }

    /// The most decimals that a form can have; ten to this power still fits an `Int64`.
    static let maximumDecimals = 18

    /// The mantissa counts units of ten to the minus `decimals`; 0…18, and 1 at least with `shortestWithDecimal`.
    let decimals: Int
    let habit: Habit
    let isQuoted: Bool

    /// Takes the nearest count of decimals that the habit allows.
    init(decimals: Int, habit: Habit, isQuoted: Bool) {
        self.decimals = min(max(decimals, habit == .shortestWithDecimal ? 1 : 0), Self.maximumDecimals)
        self.habit = habit
        self.isQuoted = isQuoted
    }

    /// The mantissa of `token`, which `append` prints byte for byte the same; nil when there is none.
    @inline(__always)
    func parse(_ token: Span<UInt8>) -> Int64? {
        guard let text = DecimalText(token, isQuoted: isQuoted), text.fractionCount <= decimals else { return nil }
        var magnitude = text.digits
        if text.fractionCount == decimals {
            guard habit == .fixed || decimals <= fewestDecimals || magnitude % 10 != 0 else { return nil }
        } else {
            guard habit != .fixed, text.fractionCount >= fewestDecimals,
                text.fractionCount == fewestDecimals || magnitude % 10 != 0
            else { return nil }
            let (product, overflow) = magnitude.multipliedReportingOverflow(
                by: PowersOfTen[decimals - text.fractionCount])
            guard !overflow else { return nil }
            magnitude = product
        }
        guard let value = Int64(exactly: magnitude) else { return nil }
        return text.isNegative ? -value : value
    }

    /// Prints `value` at this count of decimals; any value, also those that no token has.
    ///
    /// Needs room for ``DecimalText/room`` bytes.
    @inline(__always)
    func append(_ value: Int64, to output: inout OutputSpan<UInt8>) {
        var digits = value.magnitude
        var shown = decimals
        if habit != .fixed {
            while shown > fewestDecimals {
                let next = digits / 10
                guard next &* 10 == digits else { break }
                digits = next
                shown -= 1
            }
        }
        DecimalText.append(digits, fractionCount: shown, isNegative: value < 0, isQuoted: isQuoted, to: &output)
    }

    /// Down to how many decimals zeros are left out.
    private var fewestDecimals: Int {
        switch habit {
        case .fixed: decimals
        case .shortest: 0
        case .shortestWithDecimal: 1
        }
    }
}
