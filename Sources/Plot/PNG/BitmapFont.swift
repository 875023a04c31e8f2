/// Letters of five by seven dots, drawn for this module: printable ASCII and a few signs of units.
enum BitmapFont {
    /// The dots that a column of text is wide, the one between letters included.
    static let advance = 6
    /// The dots from the top of a letter to the line that it stands on.
    static let ascent = 7

    /// The rows of a character from top to bottom, its leftmost dot in bit 4; a box for those that are not drawn.
    static func rows(_ character: Character) -> [UInt8] {
        if character == " " { return [] }
        if let code = character.asciiValue, code > 0x20, Int(code) - 0x21 < ascii.count {
            return ascii[Int(code) - 0x21]
        }
        return others[character] ?? box
    }

    /// Rows from their spelling, a digit to the base of 32 for each.
    ///
    /// `E` is `.###.`, `H` is `#...#`, `V` is `#####`. Rows eight and nine hang below the line.
    private static func decoded(_ rows: String) -> [UInt8] {
        rows.compactMap { UInt8(String($0), radix: 32) }
    }

    private static let box = decoded("VHHHHHV")

    private static let others: [Character: [UInt8]] = [
        "°": "CIIC000", "µ": "00HHHPMGG", "²": "CI48U00", "³": "S2C2S00", "…": "000000L", "–": "000V000",
    ].mapValues { decoded($0) }

    /// From `!` to `~`.
    private static let ascii: [[UInt8]] = [
        "4444404", "AAA0000", "AAVAVAA", "4FKE5U4", "OP248J3", "CIK8LID", "4480000", "2488842", "8422248", "04LEL40",
        "044V440", "00000C48", "000V000", "00000CC", "01248G0", "EHJLPHE", "4C4444E", "EH1248V", "V2421HE",
        "26AIV22", "VGU11HE", "68GUHHE", "V124888", "EHHEHHE", "EHHF12C", "0CC0CC0", "0CC0C48", "248G842", "00V0V00",
        "8421248", "EH12404", "EH1DLLE", "EHHVHHH", "UHHUHHU", "EHGGGHE", "UHHHHHU", "VGGUGGV", "VGGUGGG", "EHGNHHF",
        "HHHVHHH", "E44444E", "72222IC", "HIKOKIH", "GGGGGGV", "HRLLHHH", "HPPLJJH", "EHHHHHE", "UHHUGGG", "EHHHLID",
        "UHHUKIH", "FGGE11U", "V444444", "HHHHHHE", "HHHHAA4", "HHHLLLA", "HHA4AHH", "HHA4444", "V1248GV", "E88888E",
        "0G84210", "E22222E", "4AH0000", "000000V", "8420000", "00E1FHF", "GGMPHHU", "00EHGHE", "11DJHHF", "00EHVGE",
        "698S888", "00FHHHF1E", "GGMPHHH", "40C444E", "2062222IC", "GGIKOKI", "C44444E", "00QLLHH", "00MPHHH",
        "00EHHHE", "00UHHHUGG", "00FHHHF11", "00MPGGG", "00FGE1U", "88S8896", "00HHHJD", "00HHHA4", "00HHLLA",
        "00HA4AH", "00HHHHF1E", "00V248V", "2448442", "4444444", "8442448", "008L200",
    ]
    .map { decoded($0) }
}
