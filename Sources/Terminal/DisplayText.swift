/// Text that acts on nothing, and how many columns it takes.
///
/// What comes from the wire may hold anything. Controls (C0, DEL, C1), line and paragraph separators, invisible format
/// characters, among them those that turn the writing direction round, noncharacters and marks without a letter become
/// visible stand-ins (`␛`, `\u{9b}`), so a payload can neither move the cursor nor change colours nor look like another
/// text. The joiners inside emoji and several scripts stay. Nothing is left out: of a heap of accents, those that
/// no letter has become stand-ins too.
public struct DisplayText: Sendable, Hashable {
    /// The harmless text.
    public let text: String
    /// The columns it takes on a terminal.
    public let width: Int

    /// More scalars than a character that somebody reads has.
    public static let mostScalars = 12

    /// Makes any text harmless.
    public init(_ raw: String, glyphs: Glyphs = .unicode) {
        if raw.utf8.allSatisfy({ Self.isPrintable($0) }) {
            text = raw
            width = raw.utf8.count
        } else {
            var builder = Builder(glyphs: glyphs)
            builder.append(raw)
            text = builder.text
            width = builder.width
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

    private static func isPrintable(_ byte: UInt8) -> Bool { (0x20..<0x7f).contains(byte) }

    /// A harmless text, character by character.
    private struct Builder {
        let glyphs: Glyphs
        var text = ""
        var width = 0

        mutating func append(_ raw: String) {
            text.reserveCapacity(raw.utf8.count)
            var index = raw.startIndex
            while index < raw.endIndex {
                let plain = Self.plainPrefix(raw.utf8[index...])
                text += raw[index..<plain]
                width += raw.utf8.distance(from: index, to: plain)
                guard plain < raw.endIndex else { return }
                index = raw.index(after: plain)
                append(raw[plain..<index])
            }
        }

        /// Where the letters end that need no look at what a character is: ASCII in front of ASCII.
        private static func plainPrefix(_ bytes: Substring.UTF8View) -> String.Index {
            guard let end = bytes.firstIndex(where: { !isPrintable($0) }) else { return bytes.endIndex }
            // The last letter may have an accent behind it.
            return end > bytes.startIndex && bytes[end] >= 0x80 ? bytes.index(before: end) : end
        }

        private mutating func append(_ character: Substring) {
            let columns = DisplayWidth.of(character.unicodeScalars)
            var shown = ""
            var position = 0
            var inFlag = false
            var isAltered = false
            for scalar in character.unicodeScalars {
                let isTag = (0xe0020...0xe007f).contains(scalar.value)
                // Tag characters are invisible text, except behind the black flag, where they name a region's flag.
                inFlag = scalar.value == 0x1f3f4 || inFlag && isTag
                // What takes no column of its own would alter the character before it, whichever that is.
                if columns == 0 || position >= mostScalars || acts(scalar) && !(isTag && inFlag) {
                    shown += glyphs.picture(of: scalar)
                    isAltered = true
                } else {
                    shown.unicodeScalars.append(scalar)
                }
                position += 1
            }
            text += shown
            width += isAltered ? shown.reduce(0) { $0 + DisplayWidth.of($1) } : columns
        }
    }

    private static func acts(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7f { return scalar.value < 0x20 }
        return switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        case .format: scalar.value != 0x200c && scalar.value != 0x200d
        // Private use is for somebody; noncharacters are for nobody, and several programs stop at them.
        case .unassigned: scalar.properties.isNoncharacterCodePoint
        default: false
        }
    }
}
