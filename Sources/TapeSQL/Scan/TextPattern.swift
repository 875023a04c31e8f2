/// A pattern of `GLOB` or `LIKE` (https://www.sqlite.org/lang_expr.html#like), read so that it fits too much rather than
/// too little; SQLite looks once more.
///
/// What depends on settings of the host fits anything: sets of characters, and letters beyond ASCII in `LIKE`.
struct TextPattern {
    private enum Part: Equatable {
        case byte(UInt8)
        case anyScalar
        case anyText
    }

    private let parts: [Part]
    private let foldsCase: Bool

    init(_ pattern: String, isGlob: Bool) {
        var parts: [Part] = []
        foldsCase = !isGlob
        scan: for byte in pattern.utf8 {
            switch (byte, isGlob) {
            case (UInt8(ascii: "*"), true), (UInt8(ascii: "%"), false): parts.append(.anyText)
            case (UInt8(ascii: "?"), true), (UInt8(ascii: "_"), false): parts.append(.anyScalar)
            case (UInt8(ascii: "["), true):
                parts.append(.anyText)
                break scan
            case (0x80..., false):
                if parts.last != .anyText { parts.append(.anyText) }
            default: parts.append(.byte(isGlob ? byte : Self.folded(byte)))
            }
        }
        self.parts = parts
    }

    /// Whether a text may fit.
    func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var part = 0
        var place = 0
        // Where to go on after the last `anyText` has taken one byte more.
        var retry: (part: Int, place: Int)?
        while place < bytes.count {
            if part < parts.count, parts[part] == .anyText {
                retry = (part + 1, place)
                part += 1
            } else if part < parts.count, let next = step(parts[part], bytes, place) {
                part += 1
                place = next
            } else if let (again, from) = retry {
                retry = (again, from + 1)
                part = again
                place = from + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .anyText }
    }

    private func step(_ part: Part, _ bytes: [UInt8], _ place: Int) -> Int? {
        switch part {
        case .byte(let wanted):
            return wanted == (foldsCase ? Self.folded(bytes[place]) : bytes[place]) ? place + 1 : nil
        case .anyScalar:
            var next = place + 1
            while next < bytes.count, bytes[next] & 0xC0 == 0x80 { next += 1 }
            return next
        case .anyText: return nil
        }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
    }
}
