import MQTTWire

/// Gives topics that a filter matches a new name.
///
/// The new name may use the filter's wildcards again: its first `+` stands for the level that the filter's first `+`
/// matched, and so on, its `#` for all levels that the filter's `#` matched, if any.
public struct TopicRemap: Sendable, Hashable {
    /// The rule as given: `old:=new`.
    public let text: String
    private let filter: TopicFilter
    private let old: [[UInt8]]
    private let new: [[UInt8]]

    private static let single = [UInt8(ascii: "+")]
    private static let rest = [UInt8(ascii: "#")]

    /// Reads `old:=new`.
    ///
    /// - Throws: ``TopicRemapError`` when it is not that.
    public init(_ text: String) throws(TopicRemapError) {
        func malformed(_ reason: String) -> TopicRemapError { TopicRemapError(text: text, reason: reason) }
        let bytes = Array(text.utf8)
        let marks = bytes.indices.dropLast().filter {
            bytes[$0] == UInt8(ascii: ":") && bytes[$0 + 1] == UInt8(ascii: "=")
        }
        guard marks.count == 1, let mark = marks.first else { throw malformed("`old:=new` with one `:=` expected") }
        let name = String(decoding: bytes[(mark + 2)...], as: UTF8.self)
        let newFilter: TopicFilter
        do {
            filter = try TopicFilter(String(decoding: bytes[..<mark], as: UTF8.self))
            newFilter = try TopicFilter(name)
        } catch { throw malformed("\(error)") }
        self.text = text
        old = Self.levels(filter.text)
        new = Self.levels(newFilter.text)
        let (had, wants) = (old.count { $0 == Self.single }, new.count { $0 == Self.single })
        guard wants <= had else { throw malformed("the new name has \(wants) `+`, the filter only \(had)") }
        guard new.last != Self.rest || old.last == Self.rest else {
            throw malformed("the new name ends in `#`, the filter does not")
        }
        guard new.first?.first != UInt8(ascii: "$") else {
            throw malformed("names that begin with `$` are the broker's own (MQTT 5.0 §4.7.2)")
        }
    }

    /// Whether the new name is none of the topics of devices, under which commands come and are answered.
    public var leavesDeviceTopics: Bool { !new.starts(with: [Array("v1".utf8), Array("device".utf8)]) }

    /// The new name of a topic; nil where the rule does not apply.
    func apply(to topic: String) -> String? {
        guard filter.matches(topic) else { return nil }
        let levels = Self.levels(topic)
        var singles = zip(old, levels).filter { $0.0 == Self.single }.map(\.1).makeIterator()
        var result: [[UInt8]] = []
        for level in new {
            if level == Self.single {
                result.append(singles.next() ?? [])
            } else if level == Self.rest {
                result += levels.dropFirst(old.count - 1)
            } else {
                result.append(level)
            }
        }
        return String(decoding: Array(result.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
    }

    /// Whether messages can be published on a topic (MQTT 5.0 §4.7.3, §3.3.2.1).
    static func isPublishable(_ topic: String) -> Bool {
        let bytes = topic.utf8
        return 1...65_535 ~= bytes.count && bytes.first != UInt8(ascii: "$")
            && !bytes.contains { $0 == 0 || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    }

    private static func levels(_ text: String) -> [[UInt8]] {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
    }
}

/// A text that is no rule for topics.
public struct TopicRemapError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text as given.
    public var text: String
    /// What is wrong with it.
    public var reason: String

    /// One sentence for a person.
    public var description: String { "--remap \(text): \(reason)" }
}
