import JSONScan

/// Values and lengths of time as the sentences of a timeline have them.
enum TimelineWords {
    /// A length of time: `850 ms`, `2.4 s`, `3 m 12 s`, `4 h 02 m`, `3 d 4 h`.
    static func duration(_ nanoseconds: Int64) -> String {
        let sign = nanoseconds < 0 ? "-" : ""
        let length = nanoseconds.magnitude
        let second: UInt64 = 1_000_000_000
        if length < second { return "\(sign)\(length / 1_000_000) ms" }
        if length < 60 * second { return "\(sign)\(length / second).\(length % second / 100_000_000) s" }
        let seconds = length / second
        if seconds < 3_600 { return "\(sign)\(seconds / 60) m \(padded(seconds % 60)) s" }
        if seconds < 86_400 { return "\(sign)\(seconds / 3_600) h \(padded(seconds / 60 % 60)) m" }
        return "\(sign)\(seconds / 86_400) d \(seconds / 3_600 % 24) h"
    }

    private static func padded(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    /// A value, long ones cut.
    static func value(_ value: JSONValue?) -> String {
        guard let value else { return "nothing" }
        let text = value.description
        return text.utf8.count <= 80 ? text : String(text.prefix(79)) + "…"
    }

    /// A name of any origin: between backquotes unless it reads as one word.
    static func name(_ name: String) -> String {
        let isWord = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: byte >= 0x80
            }
        }
        if isWord, !name.isEmpty, name.utf8.count <= 100 { return name }
        return name.utf8.count <= 100 ? "`\(name)`" : "`\(String(name.prefix(99)))…`"
    }

    /// A few names, and how many more there are.
    static func list(_ names: [String]) -> String {
        let shown = names.prefix(6).map(name).joined(separator: ", ")
        return names.count > 6 ? "\(shown) and \(names.count - 6) more" : shown
    }

    /// A number with at most six digits that matter.
    static func number(_ value: Double) -> String {
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        guard value.isFinite else { return "\(value)" }
        var scale = 1.0
        while value.magnitude * scale < 100_000, scale < 1_000_000 { scale *= 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? String(Int64(rounded)) : "\(rounded)"
    }
}

/// Where two JSON objects differ.
enum JSONChange {
    /// The paths of members that came, went or changed, such as `network.address`; at most 100.
    static func paths(from old: [JSONMember], to new: [JSONMember]) -> [String] {
        var paths: [String] = []
        collect(.object(old), .object(new), "", depth: 0, &paths)
        return paths
    }

    private static func collect(
        _ old: JSONValue?, _ new: JSONValue?, _ path: String, depth: Int, _ paths: inout [String]
    ) {
        guard old != new, paths.count < 100 else { return }
        guard let before = old?.members, let after = new?.members, depth < 16 else {
            return paths.append(path)
        }
        let count = paths.count
        for member in after where member.value != old?[member.key] {
            collect(old?[member.key], member.value, join(path, member.key), depth: depth + 1, &paths)
        }
        for member in before where new?[member.key] == nil { paths.append(join(path, member.key)) }
        // Only the order differs, or a name stands twice: nothing that a reader would call a change.
        if paths.count == count, depth > 0, before.count != after.count { paths.append(path) }
    }

    private static func join(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}
