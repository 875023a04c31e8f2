/// Lines of comma-separated values (RFC 4180), a record never longer than its line; spaces around a field are dropped.
public enum CSVLine {
    /// The lines that are not empty, by number from 1; nil for one whose quotes do not fit or that is no UTF-8.
    public static func all(_ bytes: [UInt8]) -> [(number: Int, fields: [String]?)] {
        var text = bytes[...]
        // A byte order mark is what some spreadsheets put in front.
        if text.starts(with: [0xef, 0xbb, 0xbf]) { text = text.dropFirst(3) }
        var lines: [(number: Int, fields: [String]?)] = []
        let all = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in all.enumerated() {
            let line = trimmed(line)
            if !line.isEmpty { lines.append((index + 1, fields(line))) }
        }
        return lines
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [String]? {
        var fields: [String] = []
        var rest = line
        while true {
            while let first = rest.first, isSpace(first) { rest = rest.dropFirst() }
            let field: ArraySlice<UInt8>
            if rest.first == quote {
                guard let text = quoted(&rest) else { return nil }
                field = text[...]
                while let first = rest.first, isSpace(first) { rest = rest.dropFirst() }
                guard rest.isEmpty || rest.first == comma else { return nil }
            } else {
                field = trimmed(rest.prefix { $0 != comma })
                rest = rest.drop { $0 != comma }
                guard !field.contains(quote) else { return nil }
            }
            guard let text = String(validating: field, as: UTF8.self) else { return nil }
            fields.append(text)
            if rest.isEmpty { return fields }
            rest = rest.dropFirst()
        }
    }

    /// Takes a quoted field, in which two quotes stand for one; nil when it does not end.
    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var text: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            if byte == quote {
                guard rest.first == quote else { return text }
                rest = rest.dropFirst()
            }
            text.append(byte)
        }
        return nil
    }

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, isSpace(last) || last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
        return bytes
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
