/// Text that is safe to show on a terminal, and how wide it is there.
///
/// What comes from the wire may hold anything. Controls (C0, DEL, C1), line and paragraph separators and invisible
/// format characters, among them those that turn the writing direction round, become visible stand-ins (`␛`,
/// `\u{9b}`), so a payload can neither move the cursor nor change colours nor look like another text. The joiners
/// inside emoji and several scripts stay.
public struct DisplayText: Sendable, Hashable {
    /// The harmless text.
    public let text: String
    /// The columns it takes on a terminal.
    public let width: Int

    /// Makes any text harmless.
    public init(_ raw: String, glyphs: Glyphs = .unicode) {
        if raw.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) {
            text = raw
            width = raw.utf8.count
        } else {
            text = Self.harmless(raw, glyphs)
            width = text.reduce(0) { $0 + DisplayWidth.of($1) }
        }
    }

    private init(text: String, width: Int) {
        self.text = text
        self.width = width
    }

    /// The text, cut between characters so that it takes at most `limit` columns, the mark of the cut included.
    public func cut(to limit: Int, glyphs: Glyphs = .unicode) -> DisplayText {
        guard width > limit else { return self }
        guard limit > 0 else { return DisplayText(text: "", width: 0) }
        var kept = ""
        var keptWidth = 0
        for character in text {
            let next = keptWidth + DisplayWidth.of(character)
            guard next < limit else { break }
            kept.append(character)
            keptWidth = next
        }
        return DisplayText(text: kept + glyphs.ellipsis, width: keptWidth + 1)
    }

    private static func harmless(_ raw: String, _ glyphs: Glyphs) -> String {
        var result = ""
        var inFlag = false
        for scalar in raw.unicodeScalars {
            let isTag = (0xe0020...0xe007f).contains(scalar.value)
            // Tag characters are invisible text, except behind the black flag, where they name a region's flag.
            inFlag = scalar.value == 0x1f3f4 || inFlag && isTag
            if !isTag || !inFlag, acts(scalar) {
                result += glyphs.picture(of: scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func acts(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        case .format: return scalar.value != 0x200c && scalar.value != 0x200d
        default: return false
        }
    }
}
