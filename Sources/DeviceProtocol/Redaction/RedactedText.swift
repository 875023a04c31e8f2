/// Text in which secrets were replaced by placeholders: `redacted:` and 32 lower-case hexadecimal digits of a hash under
/// a key of the recording machine.
public enum RedactedText {
    /// What every placeholder begins with.
    public static let prefix = "redacted:"
    /// Hexadecimal digits behind it.
    public static let digits = 32

    /// Whether a text is a placeholder and nothing else.
    public static func isPlaceholder(_ text: some Collection<UInt8>) -> Bool {
        text.count == length + digits && text.starts(with: prefix.utf8) && areDigits(text.dropFirst(length))
    }

    /// The same bytes with the digits of every placeholder left out, for comparing what two machines recorded: which
    /// secret it was, they cannot tell.
    ///
    /// - Parameter bytes: any bytes.
    /// - Returns: the bytes; nil where there is no placeholder among them.
    public static func withoutDigits(_ bytes: [UInt8]) -> [UInt8]? {
        let places = places(in: bytes)
        guard !places.isEmpty else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var copied = 0
        for place in places {
            result.append(contentsOf: bytes[copied..<place])
            copied = place + digits
        }
        result.append(contentsOf: bytes[copied...])
        return result
    }

    private static let length = 9

    /// Where the digits of placeholders begin.
    private static func places(in bytes: [UInt8]) -> [Int] {
        guard bytes.count >= length + digits else { return [] }
        var places: [Int] = []
        var index = length - 1
        while index + digits < bytes.count {
            // Few bytes of a payload are colons that a `d` stands before.
            if bytes[index] == UInt8(ascii: ":"), bytes[index - 1] == UInt8(ascii: "d"),
                bytes[index + 1 - length...index].elementsEqual(prefix.utf8),
                areDigits(bytes[index + 1...index + digits])
            {
                places.append(index + 1)
                index += digits
            }
            index += 1
        }
        return places
    }

    private static func areDigits(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
        }
    }
}
