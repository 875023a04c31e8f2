import JSONScan

/// What a session's options say of redaction.
enum SessionRedaction {
    /// The options of a session whose secrets were replaced afterwards.
    ///
    /// - Parameters:
    ///   - json: the options as they are.
    ///   - keyName: the name of the key of the placeholders.
    /// - Returns: the options; text that is no JSON object stays as it is.
    static func options(_ json: String, keyName: String) -> String {
        guard var members = (try? JSONValue.parse(Array(json.utf8)))?.members else { return json }
        set("redaction", .bool(true), &members)
        // Of placeholders that were there before the name of their key stays.
        if let known = members.first(where: { $0.key == "redaction_key" }) {
            if known.value != .string(keyName) { set("later_redaction_key", .string(keyName), &members) }
        } else {
            set("redaction_key", .string(keyName), &members)
        }
        var bytes: [UInt8] = []
        JSONValue.object(members).appendJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func set(_ name: String, _ value: JSONValue, _ members: inout [JSONMember]) {
        if let index = members.firstIndex(where: { $0.key == name }) {
            members[index].value = value
        } else {
            members.append(JSONMember(name, value))
        }
    }
}
