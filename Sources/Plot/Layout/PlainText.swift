/// Text that acts on nothing, and how many columns it takes.
///
/// Controls, separators of lines and characters that hide or turn the writing direction become visible stand-ins, so
/// that a name from the wire can neither move a cursor nor pass for another one.
struct PlainText: Sendable, Hashable {
    /// The characters that may be shown.
    enum Glyphs: Sendable {
        case unicode
        case ascii
    }

    let text: String
    let columns: Int

    init(_ raw: String, glyphs: Glyphs = .unicode) {
        if raw.utf8.count <= Self.longest, raw.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) {
            text = raw
            columns = raw.utf8.count
        } else {
            text = Self.harmless(raw, glyphs)
            columns = text.reduce(0) { $0 + TextColumns.of($1) }
        }
    }

    private init(text: String, columns: Int) {
        self.text = text
        self.columns = columns
    }

    /// The text, cut between characters so that it takes at most so many columns, the mark of the cut included.
    func cut(to limit: Int, glyphs: Glyphs = .unicode) -> PlainText {
        guard columns > limit else { return self }
        guard limit > 0 else { return PlainText(text: "", columns: 0) }
        var kept = ""
        var taken = 0
        for character in text {
            let next = taken + TextColumns.of(character)
            guard next < limit else { break }
            kept.append(character)
            taken = next
        }
        return PlainText(text: kept + (glyphs == .ascii ? "~" : "…"), columns: taken + 1)
    }

    /// More than any chart is wide, in UTF-8 or characters.
    private static let longest = 2000
    /// More scalars than a character that somebody reads has; a heap of accents is cut.
    private static let mostScalars = 12

    private static func harmless(_ raw: String, _ glyphs: Glyphs) -> String {
        var result = ""
        for character in raw.prefix(longest) {
            if glyphs == .ascii, !character.isASCII {
                result += asciiSpelling(of: character)
                continue
            }
            // What takes no column of its own would alter the character before it, whichever that is.
            let isBare = TextColumns.of(character) == 0
            for scalar in character.unicodeScalars.prefix(mostScalars) {
                if isBare || acts(scalar) {
                    result += standIn(for: scalar, glyphs)
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    private static func acts(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // The joiners inside emoji and of several scripts stay.
        case .format: scalar.value != 0x200c && scalar.value != 0x200d
        default: scalar.properties.isNoncharacterCodePoint
        }
    }

    private static func standIn(for scalar: Unicode.Scalar, _ glyphs: Glyphs) -> String {
        let code = scalar.value
        switch glyphs {
        case .unicode:
            if code < 0x20 || code == 0x7f, let picture = Unicode.Scalar(code == 0x7f ? 0x2421 : 0x2400 + code) {
                return String(Character(picture))
            }
        case .ascii:
            if code < 0x20 || code == 0x7f { return "^" + String(Character(Unicode.Scalar(UInt8(code) ^ 0x40))) }
        }
        return "\\u{" + String(code, radix: 16) + "}"
    }

    private static func asciiSpelling(of character: Character) -> String {
        switch character {
        case "°": "deg "
        case "µ", "μ": "u"
        case "²": "2"
        case "³": "3"
        case "–", "—": "-"
        case "…": "~"
        case "×": "x"
        default: "?"
        }
    }
}
