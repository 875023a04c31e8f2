import DeviceProtocol

/// Finds secrets behind their names in text that is no JSON: `"password":"x"` in a text that was cut off,
/// `password=x`, `Authorization: Bearer x`.
enum LooseSecrets {
    /// The ranges of the values, from left to right; placeholders are left out.
    static func values(in text: Span<UInt8>, _ names: SecretNames) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = 0
        while index < text.count {
            guard isName(text[index]) else {
                index += 1
                continue
            }
            let start = index
            while index < text.count, isName(text[index]) { index += 1 }
            let secrecy = names.secrecy(of: text.extracting(start..<index))
            guard secrecy > .none, let value = value(in: text, behind: index, secrecy) else { continue }
            if !value.isEmpty { found.append(value) }
            index = max(index, value.upperBound)
        }
        return found
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// The value behind a name; nil where none follows.
    private static func value(in text: Span<UInt8>, behind end: Int, _ secrecy: SecretNames.Secrecy) -> Range<Int>? {
        var index = skip(text, end) { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        index = skipBlanks(text, index)
        guard index < text.count, text[index] == UInt8(ascii: ":") || text[index] == UInt8(ascii: "=") else {
            return nil
        }
        index = skipBlanks(text, index + 1)
        guard index < text.count else { return nil }
        var quote: UInt8?
        // A text inside of a text has its quotes escaped.
        let isEscaped = text[index] == UInt8(ascii: "\\")
        let first = isEscaped ? index + 1 : index
        if first < text.count, text[first] == UInt8(ascii: "\"") || text[first] == UInt8(ascii: "'") {
            quote = text[first]
            index = first + 1
        }
        let range =
            quote.map { quoted(text, from: index, $0, isEscaped: isEscaped) } ?? bare(text, from: index, secrecy)
        guard let range, !range.isEmpty else { return nil }
        let isPlaceholder = text.extracting(range).withUnsafeBufferPointer { RedactedText.isPlaceholder($0) }
        return isPlaceholder ? range.upperBound..<range.upperBound : range
    }

    private static func quoted(_ text: Span<UInt8>, from start: Int, _ quote: UInt8, isEscaped: Bool) -> Range<Int> {
        var index = start
        while index < text.count {
            if text[index] == UInt8(ascii: "\\") {
                if isEscaped, index + 1 < text.count, text[index + 1] == quote { break }
                index += 2
                continue
            }
            if text[index] == quote { break }
            index += 1
        }
        return start..<min(index, text.count)
    }

    private static func bare(_ text: Span<UInt8>, from start: Int, _ secrecy: SecretNames.Secrecy) -> Range<Int>? {
        let end = skip(text, start) { !isEnd($0) }
        guard end > start else { return nil }
        let word = text.extracting(start..<end)
        if SecretNames.equals(word, "null") || SecretNames.equals(word, "true") || SecretNames.equals(word, "false") {
            return nil
        }
        if secrecy == .texts, isNumber(word) { return nil }
        // The scheme of an Authorization header is no secret, what follows is (RFC 9110 §11.4).
        if SecretNames.equals(word, "bearer") || SecretNames.equals(word, "basic") || SecretNames.equals(word, "token")
        {
            let next = skipBlanks(text, end)
            let last = skip(text, next) { !isEnd($0) }
            if last > next { return next..<last }
        }
        return start..<end
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "}"),
            UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "{"),
            UInt8(ascii: "["):
            true
        default: false
        }
    }

    private static func isNumber(_ word: Span<UInt8>) -> Bool {
        for index in word.indices {
            let byte = word[index]
            guard byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") else {
                return false
            }
        }
        return true
    }

    private static func skipBlanks(_ text: Span<UInt8>, _ start: Int) -> Int {
        skip(text, start) { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    private static func skip(_ text: Span<UInt8>, _ start: Int, _ passes: (UInt8) -> Bool) -> Int {
        var index = start
        while index < text.count, passes(text[index]) { index += 1 }
        return index
    }
}
