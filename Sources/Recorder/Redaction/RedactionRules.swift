import JSONScan

/// What is redacted beside what ``Redactor`` knows by itself.
public struct RedactionRules: Sendable, Hashable {
    /// Names of members and user properties whose values are secrets, at any depth; case does not matter (ASCII).
    public let names: [String]
    /// JSON Pointers (RFC 6901) into payloads.
    public let pointers: [String]

    /// The reference tokens of each pointer.
    let places: [[String]]

    /// No further rules.
    public init() {
        (names, pointers, places) = ([], [], [])
    }

    /// Takes names and pointers.
    ///
    /// - Throws: ``RedactionRuleError`` for an empty name and for what is no JSON Pointer.
    public init(names: [String], pointers: [String]) throws(RedactionRuleError) {
        if names.contains("") { throw .emptyName }
        self.names = names
        self.pointers = pointers
        var places: [[String]] = []
        for pointer in pointers { places.append(try Self.tokens(of: pointer)) }
        self.places = places
    }

    /// Whether nothing is added.
    public var isEmpty: Bool { names.isEmpty && pointers.isEmpty }

    private static func tokens(of pointer: String) throws(RedactionRuleError) -> [String] {
        guard pointer.utf8.first == UInt8(ascii: "/") else { throw .notAPointer(pointer) }
        var tokens: [String] = []
        for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            var token = ""
            var isEscape = false
            for character in part.unicodeScalars {
                switch (isEscape, character) {
                case (true, "0"): token.unicodeScalars.append("~")
                case (true, "1"): token.unicodeScalars.append("/")
                case (true, _): throw .notAPointer(pointer)
                case (false, "~"): break
                default: token.unicodeScalars.append(character)
                }
                isEscape = !isEscape && character == "~"
            }
            guard !isEscape else { throw .notAPointer(pointer) }
            tokens.append(token)
        }
        return tokens
    }
}

/// Why rules cannot be used.
public enum RedactionRuleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A name without a letter.
    case emptyName
    /// Text that is no JSON Pointer to a part of a document.
    case notAPointer(String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .emptyName: "--redact-key takes the name of a member, which is not empty"
        case .notAPointer(let text):
            "--redact \(text): a JSON Pointer begins with `/` and has `~` only as `~0` or `~1`, as /config/wifi/key"
        }
    }
}
