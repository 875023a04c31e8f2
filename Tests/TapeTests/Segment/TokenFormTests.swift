import TestSupport
import Testing

@testable import Tape

struct TokenFormTests {
    // MARK: Bytes

    static let forms: [(form: TokenForm, bytes: [UInt8])] = [
        (.decimal(DecimalForm(decimals: 2, habit: .fixed, isQuoted: false)), [1, 0, 2]),
        (.decimal(DecimalForm(decimals: 18, habit: .shortestWithDecimal, isQuoted: true)), [1, 5, 18]),
        (.ratio(RatioForm(denominator: 300, keepsDecimal: true, isQuoted: false)), [2, 2, 0xac, 0x02]),
        (
            .time(
                TimeForm(
                    fractionDigits: 6, trimsFraction: false, separator: 0x54, suffix: Array("+01:00".utf8),
                    isQuoted: true)), [3, 1, 6, 6, 0x2b, 0x30, 0x31, 0x3a, 0x30, 0x30]
        ),
        (
            .time(TimeForm(fractionDigits: 0, trimsFraction: true, separator: 0x20, suffix: [], isQuoted: false)),
            [3, 6, 0, 0]
        ),
        (.uuid(UUIDForm(isQuoted: true, isUpperCase: true)), [4, 3]),
        (.hex(HexForm(digits: 256, isUpperCase: false, isQuoted: false)), [5, 0, 128]),
    ]

    @Test(arguments: forms)
    func `a form has fixed bytes and comes back from them`(form: TokenForm, bytes: [UInt8]) throws {
        var written: [UInt8] = []
        form.append(to: &written)
        #expect(written == bytes)
        var reader = ByteReader(bytes + [7])
        #expect(try TokenForm(&reader) == form)
        #expect(reader.offset == bytes.count)
    }

    @Test(arguments: forms)
    func `a form that ends too early is refused`(form: TokenForm, bytes: [UInt8]) {
        for count in 0..<bytes.count {
            var reader = ByteReader(Array(bytes.prefix(count)))
            #expect(throws: MalformedFrame.self) { try TokenForm(&reader) }
        }
    }

    @Test(
        arguments: [
            [0, 0, 0], [6, 0, 0], [255, 0], [1, 6, 2], [1, 8, 2], [1, 0, 19], [1, 4, 0], [2, 4, 1], [2, 0, 0],
            [2, 0, 0x81, 0x80, 0x80, 0x80, 0x80, 0x20], [2, 0, 0x81, 0x00], [3, 8, 0, 0], [3, 0, 10, 0],
            [3, 0, 0, 9, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30], [4, 4], [5, 4, 1], [5, 0, 0],
            [5, 0, 129],
        ] as [[UInt8]])
    func `parameters out of range are refused`(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: MalformedFrame.self) { try TokenForm(&reader) }
    }

    @Test func `any bytes are a form that writes them, or refused`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<50_000 {
            var bytes: [UInt8] = (0..<Int.random(in: 0...14, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? .random(in: 0...9, using: &generator) : .random(in: 0...255, using: &generator)
            }
            var reader = ByteReader(bytes)
            guard let form = try? TokenForm(&reader) else { continue }
            var written: [UInt8] = []
            form.append(to: &written)
            bytes.removeLast(bytes.count - reader.offset)
            #expect(written == bytes)
        }
    }

    // MARK: Choice

    @Test func `tenths choose one decimal`() {
        #expect(choose((0..<100).map { "\(20 + $0 / 10).\($0 % 10)" }) == decimal(1, .fixed))
    }

    @Test func `the printer's habit shows in whole numbers and trailing zeros`() {
        #expect(choose(["12.50", "7.25", "100.00"]) == decimal(2, .fixed))
        #expect(choose(["12.5", "7.25", "100"]) == decimal(2, .shortest))
        #expect(choose(["12.5", "7.25", "100.0"]) == decimal(2, .shortestWithDecimal))
        #expect(choose(["\"12.5\"", "\"7.25\"", "\"100\""]) == decimal(2, .shortest, isQuoted: true))
    }

    @Test func `counters and epoch times choose whole numbers`() {
        #expect(choose((0..<50).map { "\(8_000_000_000 + $0 * 7)" }) == decimal(0, .fixed))
        #expect(choose((0..<50).map { "\(1_772_323_200_000 + $0 * 60_003)" }) == decimal(0, .fixed))
        #expect(choose((0..<50).map { "\(1_772_323_200_042_260_156 + $0)" }) == decimal(0, .fixed))
        #expect(choose(["-53", "-54", "0"]) == decimal(0, .fixed))
    }

    @Test func `one long number in a hundred does not make a column long`() {
        var tokens = (0..<99).map { "\(20 + $0 % 7).\($0 % 9 + 1)" }
        tokens.append("23.400000000000002")
        #expect(choose(tokens) == decimal(1, .fixed))
    }

    @Test func `quotients of several denominators choose their least common multiple`() {
        var generator = SeededGenerator(seed: 2)
        let tokens = (0..<256).map { _ in
            let total = [1_024_000.0, 2_048_000, 4_096_000][Int.random(in: 0..<3, using: &generator)]
            return "\((Double.random(in: 0.2...0.7, using: &generator) * total).rounded() / total)"
        }
        #expect(choose(tokens) == ratio(4_096_000))
        #expect(choose(tokens.prefix(250) + ["null", "0.12345678901234567", "1"]) == ratio(4_096_000))
        #expect(choose(tokens.prefix(250) + ["1.0"]) == ratio(4_096_000, keepsDecimal: true))
    }

    @Test func `thirds and single precision choose a quotient`() {
        #expect(choose((1..<60).map { "\(Double($0) / 60)" }) == ratio(60, keepsDecimal: false))
        #expect(
            choose((0..<200).map { "\(Double(Float(16.03) + Float($0) / 100))" }) == ratio(1 << 19, keepsDecimal: true))
    }

    @Test func `doubles of full length choose decimals while they fit 64 bits, and no quotient`() {
        var generator = SeededGenerator(seed: 3)
        let tokens = (0..<256).map { _ in "\(Double.random(in: 10...99, using: &generator))" }
        #expect(choose(tokens) == decimal(15, .shortest))
        #expect(choose(tokens.map { "1\($0)0123" }) == nil)
    }

    @Test func `nulls between numbers do not matter up to a quarter`() {
        #expect(choose(["1.5", "2.5", "3.5", "null"]) == decimal(1, .fixed))
        #expect(choose(["1.5", "2.5", "null", "null"]) == nil)
    }

    @Test func `words choose nothing`() {
        #expect(choose([]) == nil)
        #expect(choose([""]) == nil)
        #expect(choose(["true", "false", "true"]) == nil)
        #expect(choose(["null", "null"]) == nil)
        #expect(choose(["\"online\"", "\"idle\"", "\"error\""]) == nil)
        #expect(choose(["\"1.3.1\"", "\"1.4.9\""]) == nil)
        #expect(choose(["\"10.2.59.92\"", "\"10.0.136.78\""]) == nil)
        #expect(choose(["1e5", "2.5E-7", "-0"]) == nil)
    }

    @Test func `times choose their fraction, zone and separator`() {
        #expect(choose(["\"2026-03-01T00:01:00.259Z\"", "\"2026-03-01T00:01:00.381Z\""]) == time(3, "Z"))
        #expect(choose(["\"2026-03-01T01:00:00+01:00\""]) == time(0, "+01:00"))
        #expect(choose(["\"2026-03-01 01:00:00.123456\""]) == time(6, "", separator: 0x20))
        #expect(choose(["2026-03-01T01:00:00.123456789Z"]) == time(9, "Z", isQuoted: false))
    }

    @Test func `times without their last zeros choose a trimmed fraction`() {
        let tokens = (0..<100).map { index in
            "\"2026-03-01T00:01:00.\(index % 10 == 0 ? "\(index / 10 + 1)" : "\(index + 100)")Z\""
        }
        #expect(choose(tokens) == time(3, "Z", trimsFraction: true))
    }

    @Test func `UUIDs and digests choose theirs`() {
        let id = "e61dc167-36d9-44ab-b95c-cd79b5e34a91"
        #expect(choose(["\"\(id)\""]) == .uuid(UUIDForm(isQuoted: true, isUpperCase: false)))
        #expect(choose([id.uppercased()]) == .uuid(UUIDForm(isQuoted: false, isUpperCase: true)))
        #expect(
            choose(["8eb96c992152a2e1", "1234567890123456"])
                == .hex(HexForm(digits: 16, isUpperCase: false, isQuoted: false)))
        #expect(choose(["\"8EB96C\""]) == .hex(HexForm(digits: 6, isUpperCase: true, isQuoted: true)))
    }

    @Test func `tokens outside the arena do not fit and do not trap`() {
        let bytes = Array("12".utf8)
        let tokens = [ByteRange(start: 0, count: 2), ByteRange(start: 1, count: 2), ByteRange(start: 9, count: 1)]
        let none = TokenForm.choose(arena: bytes.span, tokens: tokens)
        #expect(none == nil)
        let one = TokenForm.choose(arena: bytes.span, tokens: Array(tokens.prefix(1)))
        #expect(one?.fitting == 1)
    }

    @Test func `choosing from any bytes ends, and what it counts comes back`() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            let tokens = (0..<40).map { _ in FormToken.random(&generator) }
            let (bytes, ranges) = FormToken.arena(tokens)
            guard let choice = TokenForm.choose(arena: bytes.span, tokens: ranges) else { continue }
            let back = tokens.filter { choice.form.reprint($0) == $0 }
            #expect(back.count == choice.fitting)
        }
    }

    // MARK: Expectations

    private func choose(_ tokens: [String]) -> TokenForm? {
        let (bytes, ranges) = FormToken.arena(tokens.map { Array($0.utf8) })
        return TokenForm.choose(arena: bytes.span, tokens: ranges)?.form
    }

    private func choose(_ tokens: ArraySlice<String>) -> TokenForm? { choose(Array(tokens)) }

    private func decimal(_ decimals: Int, _ habit: DecimalForm.Habit, isQuoted: Bool = false) -> TokenForm {
        .decimal(DecimalForm(decimals: decimals, habit: habit, isQuoted: isQuoted))
    }

    private func ratio(_ denominator: Int64, keepsDecimal: Bool = false) -> TokenForm {
        .ratio(RatioForm(denominator: denominator, keepsDecimal: keepsDecimal, isQuoted: false))
    }

    private func time(
        _ digits: Int, _ suffix: String, separator: UInt8 = 0x54, trimsFraction: Bool = false, isQuoted: Bool = true
    ) -> TokenForm {
        .time(
            TimeForm(
                fractionDigits: digits, trimsFraction: trimsFraction, separator: separator, suffix: Array(suffix.utf8),
                isQuoted: isQuoted))
    }
}

// MARK: Tokens

/// Tokens for the tests of all forms.
enum FormToken {
    private static let spellings = [
        "0", "-0", "7", "-7", "12.50", "12.5", "100.0", "0.0", "-0.5", "007", "1e5", "1E-7", "+1", ".5", "5.", "-", "",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "0.1234567890123",
        "0.3034990234375", "0.67693603515625", "0.30000000000000004", "\"12.5\"", "\"\"", "\"", "true", "null",
        "0.000000000000000001", "999999999999999999999999", "\"2026-03-01T00:01:00.259Z\"", "2024-02-29 23:59:59",
        "\"2026-03-01T01:00:00+01:00\"", "2026-12-31T23:59:60Z", "e61dc167-36d9-44ab-b95c-cd79b5e34a91",
        "\"E61DC167-36D9-44AB-B95C-CD79B5E34A91\"", "8eb96c992152a2e1", "\"DEADBEEF\"", "12345678", "abc", "00000000",
    ].map { Array($0.utf8) }

    private static let alphabet = Array("0123456789.-+eE\":TZ abcfAF/`g\u{7f}".utf8) + [0, 0x80, 0xff]

    /// A spelling, mutated half of the time.
    static func random(_ generator: inout SeededGenerator) -> [UInt8] {
        var token = spellings[Int.random(in: 0..<spellings.count, using: &generator)]
        for index in token.indices where 0x31...0x39 ~= token[index] && Int.random(in: 0..<3, using: &generator) == 0 {
            token[index] = UInt8.random(in: 0x30...0x39, using: &generator)
        }
        guard Bool.random(using: &generator) else { return token }
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            let place = Int.random(in: 0...token.count, using: &generator)
            let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: token.insert(byte, at: place)
            case 1 where place < token.count: token.remove(at: place)
            default: if place < token.count { token[place] = byte }
            }
        }
        return token
    }

    /// Tokens that no form may trap on.
    static var hostile: [[UInt8]] {
        [
            [], [0x22], [0x22, 0x22], [0xff], Array(repeating: 0x30, count: 1 << 20),
            Array(repeating: 0x39, count: 1 << 20), [0x22] + Array(repeating: 0x66, count: 1 << 20) + [0x22],
            Array(repeating: 0xff, count: 36), Array(repeating: 0x2d, count: 38), Array(repeating: 0x2e, count: 24),
            Array("2026-03-01T00:00:00.".utf8) + Array(repeating: 0x39, count: 1 << 20),
        ]
    }

    static func arena(_ tokens: [[UInt8]]) -> (bytes: [UInt8], ranges: [ByteRange]) {
        var bytes: [UInt8] = []
        let ranges = tokens.map { token in
            defer { bytes += token }
            return ByteRange(start: bytes.count, count: token.count)
        }
        return (bytes, ranges)
    }

    /// Expects of `form` that whatever it reads, it prints as it was.
    static func expectExact(_ form: TokenForm, seed: UInt64, count: Int = 10_000) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<count {
            let token = random(&generator)
            if let printed = form.reprint(token), printed != token {
                Issue.record(
                    "\(form) read \(String(decoding: token, as: UTF8.self)) and printed \(String(decoding: printed, as: UTF8.self))"
                )
            }
        }
        for token in hostile { #expect(form.reprint(token) ?? token == token) }
    }
}

extension TokenForm {
    /// What the form prints of what it reads; nil when it reads nothing.
    func reprint(_ token: [UInt8]) -> [UInt8]? {
        // Something stands before, as in a payload.
        var output: [UInt8] = [0x3a]
        switch self {
        case .decimal(let form):
            guard let value = form.parse(token.span) else { return nil }
            output.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .ratio(let form):
            guard let value = form.parse(token.span) else { return nil }
            output.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .time(let form):
            guard let value = form.parse(token.span) else { return nil }
            output.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .uuid(let form):
            guard let value = form.parse(token.span) else { return nil }
            output.append(addingCapacity: 300) { form.append(value, to: &$0) }
        case .hex(let form):
            var packed: [UInt8] = []
            guard form.parse(token.span, into: &packed) else { return packed.isEmpty ? nil : [] }
            output.append(addingCapacity: 300) { form.append(packed.span, to: &$0) }
        }
        return Array(output.dropFirst())
    }
}
