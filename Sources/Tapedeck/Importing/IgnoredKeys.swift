import Terminal

/// Keys of the input that mean nothing to a tape, by how often they stood there.
struct IgnoredKeys {
    private var counts: [String: Int] = [:]
    private var others = 0
    /// Different names that are remembered, so that a file which uses data as keys costs no memory.
    private static let limit = 20

    /// Counts a key.
    mutating func count(_ name: @autoclosure () -> String) {
        let name = name()
        if counts[name] != nil || counts.count < Self.limit, name.utf8.count <= 100 {
            counts[name, default: 0] += 1
        } else {
            others += 1
        }
    }

    /// What was ignored, for a person; nil when nothing was.
    var summary: String? {
        guard !counts.isEmpty || others > 0 else { return nil }
        let named = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var parts = named.prefix(5).map { "`\($0.key)` (\(HumanFormat.count($0.value)))" }
        let rest = named.dropFirst(5).reduce(others) { $0 + $1.value }
        if rest > 0 { parts.append("others (\(HumanFormat.count(rest)))") }
        return "ignored, as no part of a message: \(parts.joined(separator: ", "))"
    }
}
