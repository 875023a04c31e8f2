/// A pattern for names: `*` stands for any text, `?` for one character, everything else for itself.
///
/// Compared by UTF-8 bytes, case and all; `?` takes one Unicode scalar. A backslash makes the next character stand for
/// itself.
public struct Glob: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as written.
    public let text: String
    private let parts: [Part]

    private enum Part: Hashable {
        case byte(UInt8)
        case anyScalar
        case anyText
    }

    /// Takes a pattern; every text is one.
    public init(_ text: String) {
        self.text = text
        var parts: [Part] = []
        var isEscaped = false
        for byte in text.utf8 {
            switch byte {
            case _ where isEscaped:
                parts.append(.byte(byte))
                isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "?"): parts.append(.anyScalar)
            case UInt8(ascii: "*"): if parts.last != .anyText { parts.append(.anyText) }
            default: parts.append(.byte(byte))
            }
        }
        if isEscaped { parts.append(.byte(UInt8(ascii: "\\"))) }
        self.parts = parts
    }

    /// The pattern that fits one name only.
    public init(literal name: String) {
        var text = ""
        for scalar in name.unicodeScalars {
            if scalar == "*" || scalar == "?" || scalar == "\\" { text.unicodeScalars.append("\\") }
            text.unicodeScalars.append(scalar)
        }
        self.init(text)
    }

    /// Whether the whole of `name` fits the pattern.
    ///
    /// Takes time in proportion to the product of both lengths at worst, whatever the pattern.
    public func matches(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { matches($0) }
    }

    private func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var part = 0
        var index = 0
        // Where to go on when what follows the last `*` does not fit: one character further.
        var retry: (part: Int, index: Int)?
        while index < name.count || part < parts.count {
            if part < parts.count {
                switch parts[part] {
                case .anyText:
                    retry = (part + 1, index)
                    part += 1
                    continue
                case .anyScalar where index < name.count:
                    part += 1
                    index = Self.next(index, in: name)
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
            index = Self.next(last.index, in: name)
            retry = (last.part, index)
        }
        return true
    }

    /// Where the scalar after the one at `index` begins.
    private static func next(_ index: Int, in name: UnsafeBufferPointer<UInt8>) -> Int {
        var next = index + 1
        while next < name.count, name[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }

    /// The pattern as written.
    public var description: String { text }

    /// Compares the UTF-8 bytes of the pattern.
    public static func == (left: Self, right: Self) -> Bool { left.parts == right.parts }

    /// Feeds the pattern to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(parts) }
}
