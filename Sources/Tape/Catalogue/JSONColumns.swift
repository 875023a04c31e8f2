import JSONScan

/// Columns of the catalogue that hold a JSON array of texts.
enum JSONColumn {
    static func array(of texts: [String]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The texts of such an array; what is no text is left out.
    static func texts(in column: String) -> [String] {
        guard case .array(let values) = try? JSONValue.parse(Array(column.utf8)) else { return [] }
        return values.compactMap { value in
            if case .string(let text) = value { text } else { nil }
        }
    }
}
