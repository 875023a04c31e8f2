import Terminal

/// Text of any origin as the content of an HTML element or attribute.
enum HTMLText {
    /// Makes a text harmless and escapes what HTML reads as markup; controls become visible stand-ins.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in DisplayText(text).text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The same, kept apart from its surroundings in its writing direction.
    static func isolated(_ text: String) -> String {
        "<bdi>\(escaped(text))</bdi>"
    }
}
