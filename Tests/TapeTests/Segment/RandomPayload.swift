import TestSupport

/// The shape of a JSON text whose values differ from message to message.
indirect enum RandomPayload {
    case value(Value)
    case object([(key: String, value: RandomPayload)])
    /// Always the same elements, objects and arrays among them.
    case array([RandomPayload])
    /// As many values as chance wants, each time anew.
    case list(Value, longest: Int)

    /// A kind of scalar.
    enum Value: CaseIterable {
        case counter, integer, wide, decimal, exponent, oddNumber, word, text, escaped, lone, uuid, hex, time, epoch
        case constant, anything
    }

    /// How a text is set.
    struct Style {
        var comma: String
        var colon: String
        var isIndented = false

        static let all = [
            Style(comma: ",", colon: ":"), Style(comma: ", ", colon: ": "), Style(comma: " ,\t", colon: " :\r\n"),
            Style(comma: ",", colon: ": ", isIndented: true),
        ]
    }

    /// A shape, at most `depth` levels deep.
    static func shape(depth: Int, using random: inout SeededGenerator) -> RandomPayload {
        let value = Value.allCases.randomElement(using: &random) ?? .word
        switch Int.random(in: 0..<(depth > 0 ? 7 : 3), using: &random) {
        case 0, 1: return .value(value)
        case 2: return .list(value, longest: [0, 1, 2, 5, 40].randomElement(using: &random) ?? 1)
        case 3:
            return .array(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in shape(depth: depth - 1, using: &random) })
        default:
            // Names come twice now and then: legal, and both must come back.
            let names = ["a", "b", "time", "é", #"q\"\u00e9"#, "", "a long name, with a comma", "v"]
            return .object(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    (names.randomElement(using: &random) ?? "a", shape(depth: depth - 1, using: &random))
                })
        }
    }

    /// Sets a text of the shape.
    func print(_ number: Int, _ style: Style, using random: inout SeededGenerator) -> [UInt8] {
        var text: [UInt8] = []
        append(number, style, level: 0, to: &text, using: &random)
        return text
    }

    private func append(
        _ number: Int, _ style: Style, level: Int, to text: inout [UInt8], using random: inout SeededGenerator
    ) {
        switch self {
        case .value(let value): text += value.print(number, using: &random)
        case .list(let value, let longest):
            let count = Int.random(in: 0...longest, using: &random)
            Self.append(count, "[", "]", style, level, &text) { _, text in
                text += value.print(number, using: &random)
            }
        case .array(let elements):
            Self.append(elements.count, "[", "]", style, level, &text) { index, text in
                elements[index].append(number, style, level: level + 1, to: &text, using: &random)
            }
        case .object(let members):
            Self.append(members.count, "{", "}", style, level, &text) { index, text in
                text += "\"\(members[index].key)\"\(style.colon)".utf8
                members[index].value.append(number, style, level: level + 1, to: &text, using: &random)
            }
        }
    }

    private static func append(
        _ count: Int, _ open: String, _ close: String, _ style: Style, _ level: Int, _ text: inout [UInt8],
        _ member: (Int, inout [UInt8]) -> Void
    ) {
        let line = "\n" + String(repeating: "  ", count: level)
        text += open.utf8
        for index in 0..<count {
            if index > 0 { text += style.comma.utf8 }
            if style.isIndented { text += (line + "  ").utf8 }
            member(index, &text)
        }
        if style.isIndented, count > 0 { text += line.utf8 }
        text += close.utf8
    }
}

extension RandomPayload.Value {
    /// The literal text of a value.
    func print(_ number: Int, using random: inout SeededGenerator) -> [UInt8] {
        Array(text(number, using: &random).utf8)
    }

    private func text(_ number: Int, using random: inout SeededGenerator) -> String {
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "0" }
        switch self {
        case .counter: return "\(number)"
        case .integer: return "\(Int.random(in: -100_000...100_000, using: &random))"
        case .wide: return pick(["\(Int64.max)", "\(Int64.min)", "18446744073709551616", "\(random.next())", "0"])
        case .decimal: return decimal(using: &random)
        case .exponent: return pick(["1e400", "-1E-400", "2.50e+3", "1e0", "0e9", "6.02e23"])
        case .oddNumber:
            return pick(["-0", "0.0", "-0.0", "1.10", "0.10", "100", "9007199254740993", "0.30000000000000004"])
        case .word: return pick(["true", "false", "null"])
        case .text: return pick([#""""#, #""on""#, #""übel""#, #""\#(number)""#, #""日本 🎛""#, #""redacted:00ff""#])
        case .escaped: return pick([#""\"\\\/\b\f\n\r\t""#, #""\u0000\u001f""#, #""caf\u00e9""#, #""\uD83C\uDF9B""#])
        case .lone: return pick([#""\ud800""#, #""\udfff\ud800x""#, #""\uDC00""#])
        case .uuid: return "\"\(Self.hex(4, &random))-\(Self.hex(2, &random))-4abc-8def-\(Self.hex(6, &random))\""
        case .hex: return "\"\(Self.hex(Bool.random(using: &random) ? 16 : 20, &random))\""
        case .time:
            let second = number % 60
            return "\"2026-03-01T00:\(second / 10)\(second % 10):01\(pick([".250Z", "Z", ".250Z", "+01:00"]))\""
        case .epoch: return "\(1_772_323_260_259 + number * 1_000 + Int.random(in: 0...40, using: &random))"
        case .constant: return #""the same""#
        case .anything:
            let other = Self.allCases.filter { $0 != .anything }.randomElement(using: &random) ?? .word
            return other.text(number, using: &random)
        }
    }

    private func decimal(using random: inout SeededGenerator) -> String {
        let whole = Int.random(in: -50...50, using: &random)
        let fraction = Int.random(in: 0...99, using: &random)
        return "\(whole).\(fraction)"
    }

    private static func hex(_ count: Int, _ random: inout SeededGenerator) -> String {
        (0..<count).map { _ in
            let byte = UInt8.random(in: 0...255, using: &random)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
