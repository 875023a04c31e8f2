/// The characters that this module adds of its own.
public enum Glyphs: Sendable, Hashable {
    /// Any character.
    case unicode
    /// Only ASCII, for a terminal whose character set is not UTF-8.
    case ascii

    /// Stands for what was cut off.
    public var ellipsis: String {
        switch self {
        case .unicode: "…"
        case .ascii: "~"
        }
    }

    /// Stands between the two ends of a range.
    public var dash: String {
        switch self {
        case .unicode: "–"
        case .ascii: "-"
        }
    }

    /// A text of ``HumanFormat`` in these characters: `1.5 µs` and `×12.3` are `1.5 us` and `x12.3` in ASCII.
    public func spelling(_ text: String) -> String {
        guard self == .ascii, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return String(
            text.map { character in
                switch character {
                case "–": "-"
                case "×": "x"
                case "µ": "u"
                default: character
                }
            })
    }

    /// A visible stand-in for a character that would act on the terminal or hide in it.
    func picture(of scalar: Unicode.Scalar) -> String {
        switch (self, scalar.value) {
        case (.unicode, 0..<0x20): String(Character(scalar.controlPicture))
        case (.unicode, 0x7f): "\u{2421}"
        case (.ascii, 0..<0x20): "^" + String(Character(Unicode.Scalar(UInt8(scalar.value) | 0x40)))
        case (.ascii, 0x7f): "^?"
        default: "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }
}

extension Unicode.Scalar {
    /// The character of the block Control Pictures that shows a C0 control.
    fileprivate var controlPicture: Unicode.Scalar { Unicode.Scalar(0x2400 | (value & 0x1f)) ?? self }
}
