/// A pattern for names in rules: `*` stands for any text, `?` for one character, everything else for itself.
///
/// Compared by UTF-8 bytes; a backslash makes the next character stand for itself.
public struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as written.
    public let description: String
    private let parts: [Part]

    private enum Part: Hashable {
        case byte(UInt8)
        case anyScalar
        case anyText
    }

    /// Takes a pattern; every text is one.
    public init(_ text: String) {
        description = text
        var parts: [Part] = []
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                parts.append(.byte(byte))
                isEscaped = false
                continue
            }
            switch byte {
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "?"): parts.append(.anyScalar)
            case UInt8(ascii: "*"): if parts.last != .anyText { parts.append(.anyText) }
            default: parts.append(.byte(byte))
            }
        }
        if isEscaped { parts.append(.byte(UInt8(ascii: "\\"))) }
        self.parts = parts
    }

    /// A name as the pattern that fits nothing else.
    static func escaped(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            if scalar == "*" || scalar == "?" || scalar == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// Whether the whole of a name fits.
    public func matches(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { matches($0) }
    }

    private func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var part = 0
        var index = 0
        // Where to go on when what follows the last `*` does not fit: one byte further.
        var retry: (part: Int, index: Int)?
        while index < name.count || part < parts.count {
            if part < parts.count {
                switch parts[part] {
                case .anyText:
                    part += 1
                    retry = (part, index)
                    continue
                case .anyScalar where index < name.count:
                    part += 1
                    index += 1
                    while index < name.count, name[index] & 0xC0 == 0x80 { index += 1 }
                    continue
                case .byte(let byte) where index < name.count && name[index] == byte:
                    part += 1
                    index += 1
                    continue
                case .anyScalar, .byte: break
                }
            }
            guard let last = retry, last.index < name.count else { return false }
            part = last.part
            index = last.index + 1
            retry = (part, index)
        }
        return true
    }

    /// Compares what the patterns mean.
    public static func == (left: Self, right: Self) -> Bool { left.parts == right.parts }

    /// Feeds the meaning to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(parts) }
}
