/// A subscription's topic filter with its wildcards (MQTT 5.0 §4.7).
public struct TopicFilter: Sendable, Hashable, CustomStringConvertible {
    /// The filter as written.
    public let text: String
    private let levels: [[UInt8]]
    private let matchesRemainder: Bool

    /// Parses a filter.
    ///
    /// - Throws: ``InvalidTopicFilter`` when a wildcard does not fill its level or `#` is not the last one.
    public init(_ text: String) throws(InvalidTopicFilter) {
        guard !text.isEmpty, text.utf8.count <= 65_535, !text.utf8.contains(0) else {
            throw InvalidTopicFilter(text: text, reason: "a topic filter has 1 to 65535 bytes and no NUL")
        }
        var levels = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
        for (index, level) in levels.enumerated() where level.count > 1 || level == [UInt8(ascii: "#")] {
            if level == [UInt8(ascii: "#")] {
                guard index == levels.count - 1 else {
                    throw InvalidTopicFilter(text: text, reason: "`#` may only be the last level")
                }
            } else if level.contains(UInt8(ascii: "#")) || level.contains(UInt8(ascii: "+")) {
                throw InvalidTopicFilter(text: text, reason: "a wildcard must stand alone in its level")
            }
        }
        matchesRemainder = levels.last == [UInt8(ascii: "#")]
        if matchesRemainder { levels.removeLast() }
        self.text = text
        self.levels = levels
    }

    /// Whether a message on `topic` would be delivered to this filter.
    ///
    /// `#` matches the parent level too, and a wildcard in the first level does not match topics that begin with `$`
    /// (MQTT 5.0 §4.7.1.2, §4.7.2).
    public func matches(_ topic: String) -> Bool {
        let dollar = topic.utf8.first == UInt8(ascii: "$")
        if dollar, levels.isEmpty || levels.first == [UInt8(ascii: "+")] { return false }
        var rest = topic.utf8[...]
        for (index, level) in levels.enumerated() {
            let end = rest.firstIndex(of: UInt8(ascii: "/"))
            let current = rest[..<(end ?? rest.endIndex)]
            if level != [UInt8(ascii: "+")], !current.elementsEqual(level) { return false }
            guard let end else { return index == levels.count - 1 }
            rest = rest[rest.index(after: end)...]
        }
        return matchesRemainder
    }

    /// Whether every topic that `other` matches is matched by this filter too.
    public func covers(_ other: TopicFilter) -> Bool {
        guard !startsWithWildcard || !other.startsWithDollar else { return false }
        for (index, level) in levels.enumerated() {
            // `a/#` matches `a` too, so that only a filter that goes on with `#` has levels to spare.
            guard index < other.levels.count else { return false }
            if level != Self.single, level != other.levels[index] { return false }
        }
        if matchesRemainder { return true }
        return !other.matchesRemainder && levels.count == other.levels.count
    }

    /// Whether some topic is matched by both filters: a broker then delivers its messages twice (MQTT 5.0 §3.3.4).
    public func overlaps(_ other: TopicFilter) -> Bool {
        if startsWithWildcard && other.startsWithDollar || other.startsWithWildcard && startsWithDollar { return false }
        for (mine, theirs) in zip(levels, other.levels)
        where mine != theirs && mine != Self.single && theirs != Self.single {
            return false
        }
        if levels.count == other.levels.count { return true }
        return levels.count < other.levels.count ? matchesRemainder : other.matchesRemainder
    }

    private static let single = [UInt8(ascii: "+")]
    private var startsWithWildcard: Bool { levels.isEmpty || levels.first == Self.single }
    private var startsWithDollar: Bool { levels.first?.first == UInt8(ascii: "$") }

    /// The filter as written.
    public var description: String { text }
}

/// A text that is no topic filter.
public struct InvalidTopicFilter: Error, Hashable, CustomStringConvertible {
    /// The text as given.
    public var text: String
    /// The rule of MQTT 5.0 §4.7 that it breaks.
    public var reason: String

    /// One sentence for a person.
    public var description: String { "`\(text)` is no topic filter: \(reason)" }
}
