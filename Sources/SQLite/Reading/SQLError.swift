/// Why a query has no answer, or not a whole one.
public struct SQLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is behind it.
    public enum Kind: Hashable, Sendable {
        /// The SQL is wrong, or what it asks cannot be done.
        case wrong
        /// It would do more than read.
        case refused
        /// It was called off.
        case stopped
    }

    /// A place in the SQL.
    public struct Place: Hashable, Sendable {
        /// From 1.
        public var line: Int
        /// In characters, from 1.
        public var column: Int
        /// The rest of the line from there on, at most 30 characters.
        public var text: String

        /// The place of a byte; nil where there is none.
        init?(_ byte: Int, in sql: String) {
            let bytes = sql.utf8
            guard byte >= 0, byte <= bytes.count else { return nil }
            let before = bytes.prefix(byte)
            let start = before.lastIndex(of: UInt8(ascii: "\n")).map { before.index(after: $0) } ?? before.startIndex
            line = before.count { $0 == UInt8(ascii: "\n") } + 1
            column = String(decoding: before[start...], as: UTF8.self).count + 1
            let rest = bytes.dropFirst(byte).prefix { $0 != UInt8(ascii: "\n") }
            text = String(String(decoding: rest, as: UTF8.self).prefix(30))
        }
    }

    /// What is wrong.
    public var message: String
    /// What is behind it.
    public var kind: Kind
    /// Where, if it is known.
    public var place: Place?

    init(_ message: String, kind: Kind = .wrong, place: Place? = nil) {
        self.message = message
        self.kind = kind
        self.place = place
    }

    /// One sentence for a person.
    public var description: String {
        guard let place else { return message }
        let near = place.text.isEmpty ? "at its end" : "near `\(place.text)`"
        return "\(message) (line \(place.line), column \(place.column), \(near))"
    }
}
