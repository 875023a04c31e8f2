/// Text as the content of an element or of an attribute.
enum XMLText {
    /// Escapes what XML 1.0 reads as markup and drops the characters that it forbids (§2.2).
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars where isAllowed(scalar.value) {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // Attribute values would turn them into blanks (§3.3.3).
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isAllowed(_ code: UInt32) -> Bool {
        switch code {
        case 0x9, 0xa, 0xd, 0x20..<0x7f, 0xa0...0xd7ff, 0xe000...0xfdcf, 0xfdf0...0xfffd: true
        // The last two of each plane are no characters either; XML only discourages them, browsers complain.
        case 0x10000...: code & 0xfffe != 0xfffe
        default: false
        }
    }
}
