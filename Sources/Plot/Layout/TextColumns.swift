/// How many columns a character takes where all columns are equally wide, as on a terminal.
enum TextColumns {
    /// 0, 1 or 2: a cluster is as wide as its widest scalar, and an emoji as wide as a pair of letters.
    static func of(_ character: Character) -> Int {
        if character.isASCII { return 1 }
        var columns = 0
        var flagHalves = 0
        for scalar in character.unicodeScalars {
            // The variation selector 16 asks for the picture of what stands before it (Unicode TR 51 §1.4.3), and two
            // regional indicators are one flag (§1.4.6).
            if (0x1f1e6...0x1f1ff).contains(scalar.value) { flagHalves += 1 }
            if scalar.value == 0xfe0f && columns == 1 || flagHalves == 2 { return 2 }
            columns = max(columns, of(scalar))
        }
        return columns
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        let code = scalar.value
        if code < 0x300 { return code == 0xad ? 0 : 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        case .spacingMark: return 1
        default: break
        }
        if code < 0x1100 { return 1 }
        // Vowels and final consonants of Hangul join the syllable that their leading consonant began.
        if 0x1160...0x11ff ~= code || 0xd7b0...0xd7ff ~= code { return 0 }
        if 0x1f1e6...0x1f1ff ~= code { return 1 }
        if scalar.properties.isEmojiPresentation { return 2 }
        return wideBlocks.contains { $0 ~= code } ? 2 : 1
    }

    /// Wide and full-width characters by Unicode TR 11, block by block; wide emoji are known by their own property.
    private static let wideBlocks: [ClosedRange<UInt32>] = [
        0x1100...0x115f,  // Hangul's leading consonants
        0x2329...0x232a,  // angle brackets
        0x2e80...0x303e, 0x3041...0x33ff,  // radicals, punctuation, kana, squared words
        0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,  // Han, Yi
        0xa960...0xa97f, 0xac00...0xd7a3,  // Hangul
        0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f,  // compatibility and vertical forms
        0xff01...0xff60, 0xffe0...0xffe6,  // full-width forms
        0x16fe0...0x18dff, 0x1aff0...0x1b2ff,  // Tangut, Khitan, Nushu, kana
        0x1f200...0x1f265, 0x20000...0x3fffd,  // enclosed ideographs, Han
    ]
}
