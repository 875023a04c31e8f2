import JSONScan

/// Texts as a JSON array, for `json_each()`.
enum JSONArray {
    static func text(_ texts: [String]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
