/// Where a value stands in a message: a JSON Pointer (RFC 6901) into the payload, or the name of what is around it:
/// `topic`, `qos`, `retain`, `dup`, `properties/…`.
struct ContentPath: Hashable {
    /// A step towards the value.
    enum Step {
        case key(String)
        case index(Int)

        var text: String {
            switch self {
            case .key(let key): key
            case .index(let index): String(index)
            }
        }
    }

    /// The step under which a message's content has its payload.
    static let payload = "payload"

    private(set) var steps: [Step] = []

    /// The path as rules and rows have it.
    var text: String {
        guard let first = steps.first else { return "" }
        let rest = steps.dropFirst().map { "/" + Self.escaped($0.text) }.joined()
        return first.text == Self.payload ? rest : Self.escaped(first.text) + rest
    }

    mutating func append(_ step: Step) { steps.append(step) }

    mutating func removeLast() { steps.removeLast() }

    static func escaped(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
        var text = ""
        for scalar in token.unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
}
