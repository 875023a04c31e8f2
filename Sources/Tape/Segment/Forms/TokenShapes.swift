/// What the tokens of a sample look like, counted in one pass; the forms worth trying follow from it.
struct TokenShapes {
    /// Numbers without quotes, and in quotes.
    private var plain = DecimalShapes()
    private var quoted = DecimalShapes()
    /// The other shapes seen, with how often; few, since what differs from token to token is no shape.
    private var others: [(form: TokenForm, count: Int)] = []

    /// How many shapes other than numbers are kept.
    private static let shapeLimit = 8

    /// Takes one token into account.
    mutating func count(_ token: Span<UInt8>) {
        let isQuoted = token.count > 2 && token[0] == ASCII.quote && token[token.count - 1] == ASCII.quote
        if let text = DecimalText(token, isQuoted: isQuoted) {
            if isQuoted { quoted.count(text) } else { plain.count(text) }
            return
        }
        guard let form = Self.otherForm(token, isQuoted: isQuoted) else { return }
        if let index = others.firstIndex(where: { $0.form == form }) {
            others[index].count += 1
        } else if others.count < Self.shapeLimit {
            others.append((form, 1))
        }
    }

    /// The forms that may fit, best first where they fit alike.
    var candidates: [TokenForm] {
        let common = others.sorted { $0.count > $1.count }.map(\.form)
        return plain.forms(isQuoted: false) + quoted.forms(isQuoted: true) + common.prefix(3)
            + (trimmedTime(common).map { [.time($0)] } ?? [])
    }

    /// The most common kind of time with its longest fraction, where the count of digits is not always the same.
    private func trimmedTime(_ common: [TokenForm]) -> TimeForm? {
        let times = common.compactMap { form in
            if case .time(let time) = form { time } else { nil }
        }
        guard let first = times.first else { return nil }
        let alike = times.filter { $0.trimming(to: first.fractionDigits) == first.trimming(to: first.fractionDigits) }
        guard alike.count > 1, let digits = alike.map(\.fractionDigits).max() else { return nil }
        return first.trimming(to: digits)
    }

    /// Whether a third of the sample are numbers with so many decimals that they may be quotients.
    var hasLongDecimals: Bool {
        let long = max(plain.longCount, quoted.longCount)
        let total = plain.total + quoted.total + others.reduce(0) { $0 + $1.count }
        return long > 0 && long * 3 >= total
    }

    var longDecimalsAreQuoted: Bool { quoted.longCount > plain.longCount }

    // MARK: Other shapes

    private static func otherForm(_ token: Span<UInt8>, isQuoted: Bool) -> TokenForm? {
        let start = isQuoted ? 1 : 0
        let count = token.count - 2 * start
        if count == 36, token[start + 8] == ASCII.minus {
            return .uuid(UUIDForm(isQuoted: isQuoted, isUpperCase: isUpperCase(token)))
        }
        if count >= 19, let time = timeForm(token, from: start, to: start + count) {
            let form = TimeForm(
                fractionDigits: time.digits, trimsFraction: false, separator: time.separator, suffix: time.suffix,
                isQuoted: isQuoted)
            return form.parse(token) == nil ? nil : .time(form)
        }
        guard HexForm.digitCounts.contains(count), count % 2 == 0 else { return nil }
        let form = HexForm(digits: count, isUpperCase: isUpperCase(token), isQuoted: isQuoted)
        var packed: [UInt8] = []
        return form.parse(token, into: &packed) ? .hex(form) : nil
    }

    /// Whether the first letter of a token is an upper-case one.
    private static func isUpperCase(_ token: Span<UInt8>) -> Bool {
        for index in 0..<token.count where token[index] >= 0x41 && token[index] <= 0x7a { return token[index] < 0x5b }
        return false
    }

    private static func timeForm(
        _ token: Span<UInt8>, from start: Int, to end: Int
    ) -> (digits: Int, separator: UInt8, suffix: [UInt8])? {
        var at = start + 19
        var digits = 0
        if at < end, token[at] == ASCII.point {
            at += 1
            while at < end, token[at] &- ASCII.zero < 10 {
                at += 1
                digits += 1
            }
            guard 1...TimeForm.maximumFractionDigits ~= digits else { return nil }
        }
        guard end - at <= TimeForm.maximumSuffix else { return nil }
        var suffix: [UInt8] = []
        for index in at..<end { suffix.append(token[index]) }
        return (digits, token[start + 10], suffix)
    }
}

extension TimeForm {
    /// The form whose fractions have up to `digits` digits and no zeros at the end.
    fileprivate func trimming(to digits: Int) -> TimeForm {
        TimeForm(
            fractionDigits: digits, trimsFraction: true, separator: separator, suffix: suffix, isQuoted: isQuoted)
    }
}
