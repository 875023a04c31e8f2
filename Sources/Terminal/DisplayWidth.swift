/// How many columns a character takes where all columns are equally wide, as on a terminal.
///
/// Terminals differ in detail; this follows those that treat a grapheme cluster as one: a cluster takes what its
/// scalars take together, but never more than two columns.
public enum DisplayWidth {
    /// 0, 1 or 2 columns; a flag and an emoji are as wide as a pair of letters.
    public static func of(_ character: Character) -> Int {
        character.isASCII ? 1 : of(character.unicodeScalars)
    }

    /// The same of the scalars of a character.
    static func of(_ scalars: some Sequence<Unicode.Scalar>) -> Int {
        var width = 0
        for scalar in scalars {
            // The variation selector 16 asks for the emoji form of what stands before it (Unicode TR 51 §1.4.3).
            width += scalar.value == 0xfe0f ? min(width, 1) : of(scalar)
            if width >= 2 { return 2 }
        }
        return width
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        // The soft hyphen is seen only where a line is broken at it.
        if scalar.value < 0x300 { return scalar.value == 0xad ? 0 : 1 }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if scalar.value < 0x1100 { return 1 }
        // Vowels and final consonants of Hangul join the syllable that their leading consonant began.
        if (0x1160...0x11ff).contains(scalar.value) || (0xd7b0...0xd7ff).contains(scalar.value) { return 0 }
        // Two of them are one flag (Unicode TR 51 §1.4.6).
        if regionalIndicators.contains(scalar.value) { return 1 }
        return wide.contains { $0.contains(scalar.value) } || properties.isEmojiPresentation ? 2 : 1
    }

    private static let regionalIndicators: ClosedRange<UInt32> = 0x1f1e6...0x1f1ff

    /// The blocks that are wide or full width by Unicode TR 11; wide emoji are known by their own property.
    private static let wide: [ClosedRange<UInt32>] = [
        0x4e00...0xa4cf, 0xac00...0xd7a3, 0x3041...0x3247, 0x3250...0x4dbf, 0x2e80...0x303e, 0xff01...0xff60,
        0xffe0...0xffe6, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0x1100...0x115f, 0xa960...0xa97f,
        0x2329...0x232a, 0x16fe0...0x18dff, 0x1aff0...0x1b2ff, 0x1f200...0x1f265, 0x20000...0x3fffd,
    ]
}
