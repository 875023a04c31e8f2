import Terminal

extension DisplayText {
    /// More characters than any chart is wide.
    private static let longestLabel = 2000

    /// Any text as a chart shows it: as much of it as matters there, and where nothing but ASCII may be shown, in ASCII.
    ///
    /// A label is no data: what is too long goes, and so does a heap of accents.
    init(label raw: String, glyphs: Glyphs = .unicode) {
        var label = ""
        for character in raw.prefix(Self.longestLabel) {
            if glyphs == .ascii, !character.isASCII {
                label += Self.asciiSpelling(of: character)
            } else {
                label.unicodeScalars.append(contentsOf: character.unicodeScalars.prefix(Self.mostScalars))
            }
        }
        self.init(label, glyphs: glyphs)
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
