/// Finds the names that somebody may have meant who wrote another one.
public enum SimilarNames {
    /// The nearest of the names that there are.
    ///
    /// Letter case does not count.
    ///
    /// - Parameters:
    ///   - name: what was asked for.
    ///   - candidates: what there is.
    /// - Returns: up to three, the nearest first: names that `name` is a part of, then those that a few wrong characters
    ///   turn into it.
    public static func nearest(to name: String, in candidates: some Sequence<String>) -> [String] {
        let wanted = Array(name.lowercased().utf8.prefix(longest))
        guard !wanted.isEmpty else { return [] }
        var found: [(distance: Int, name: String)] = []
        for candidate in candidates {
            let text = Array(candidate.lowercased().utf8.prefix(longest))
            if let distance = distance(wanted, text) { found.append((distance, candidate)) }
        }
        found.sort { left, right in
            left.distance == right.distance ? left.name < right.name : left.distance < right.distance
        }
        return found.prefix(3).map(\.name)
    }

    /// Nobody types longer names, and hostile ones shall not cost much.
    private static let longest = 100

    /// How far apart two names are; nil when nobody would take one for the other.
    private static func distance(_ wanted: [UInt8], _ candidate: [UInt8]) -> Int? {
        if candidate == wanted { return 0 }
        if candidate.starts(with: wanted) { return 1 }
        if wanted.count >= 3, contains(candidate, wanted) { return 2 }
        if candidate.count >= 3, contains(wanted, candidate) { return 3 }
        let limit = max(1, wanted.count / 3)
        guard abs(wanted.count - candidate.count) <= limit else { return nil }
        let edits = edits(wanted, candidate)
        return edits <= limit ? 3 + edits : nil
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
    }

    /// The number of bytes to insert, delete or change, Levenshtein's distance.
    private static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let change = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
