import DeviceProtocol

/// What may be a placeholder of a secret in what is to be sent: taken in a wider sense than ``RedactedText`` has it, so
/// that nothing of the kind leaves.
enum Placeholder {
    private static let prefix = RedactedText.prefix
    private static let length = 9
    /// Digits that no other text has behind the prefix by accident.
    private static let digits = 16

    /// Whether a text begins as a placeholder does; whatever follows, such a text is never sent.
    static func matches(_ text: String) -> Bool {
        text.utf8.starts(with: prefix.utf8)
    }

    /// Whether the content of a string begins as a placeholder does.
    static func matches(_ content: Span<UInt8>) -> Bool {
        guard content.count >= length else { return false }
        return content.withUnsafeBufferPointer { $0.starts(with: prefix.utf8) }
    }

    /// Whether a text begins as a placeholder does, or holds one with its digits.
    static func occurs(in text: String) -> Bool {
        matches(text) || text.utf8.count > length && count(in: Array(text.utf8)) > 0
    }

    /// Whether placeholders may be among bytes: quick, and wrong only by saying yes too often.
    static func mayOccur(in bytes: [UInt8]) -> Bool {
        next(in: bytes, from: 0) != nil
    }

    /// How many placeholders a payload holds: as the beginning of a string, or with their digits anywhere.
    static func count(in payload: [UInt8]) -> Int {
        var count = 0
        var start = 0
        while let found = next(in: payload, from: start) {
            start = found + length
            let tail = payload[start...].prefix(digits)
            let isSigned = tail.count == digits && tail.allSatisfy(isHexadecimal)
            if isSigned || found > 0 && payload[found - 1] == UInt8(ascii: "\"") { count += 1 }
        }
        return count
    }

    /// Where the prefix stands next (Horspool: Practical fast searching in strings, 1980).
    private static func next(in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var end = start + length - 1
            while end < bytes.count {
                let last = bytes[end]
                if last == UInt8(ascii: ":"), bytes[end - length + 1..<end + 1].elementsEqual(prefix.utf8) {
                    return end - length + 1
                }
                end += skip(last)
            }
            return nil
        }
    }

    /// How far the prefix may be moved on when that byte stands under its end.
    @inline(__always)
    private static func skip(_ byte: UInt8) -> Int {
        switch byte {
        case UInt8(ascii: "d"): 1
        case UInt8(ascii: "e"): 2
        case UInt8(ascii: "t"): 3
        case UInt8(ascii: "c"): 4
        case UInt8(ascii: "a"): 5
        case UInt8(ascii: "r"): 8
        default: 9
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
