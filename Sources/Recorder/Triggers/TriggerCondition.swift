public import DeviceProtocol
public import MQTTWire

/// What makes a recorder cut an incident tape, as a person writes it: `status=offline`, `cpu*>80`, `silence>5m`.
public struct TriggerCondition: Sendable, Hashable {
    /// What is looked at.
    public enum Test: Sendable, Hashable {
        /// A metric, or the status, compares so with a value.
        case metric(Glob, Comparison, Operand)
        /// A device said that a command failed.
        case commandFailed
        /// A command has not ended so many nanoseconds after it was first delivered.
        case commandOpen(longerThan: Int64)
        /// A device that spoke before has said nothing for so many nanoseconds.
        case silence(longerThan: Int64)
        /// A message came on a topic.
        case topic(TopicFilter)
        /// Somebody set a mark on the tape.
        case mark
    }

    /// How two values compare.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        /// At most.
        case atMost = "<="
        /// At least.
        case atLeast = ">="
        /// Anything else.
        case unequal = "!="
        /// The same.
        case equal = "="
        /// Below.
        case below = "<"
        /// Above.
        case above = ">"
    }

    /// What a metric is compared with.
    public struct Operand: Sendable, Hashable {
        /// As written.
        public var text: String
        /// The number that the text is, if it is one.
        public var number: Double?

        /// Takes what stands behind the comparison.
        public init(_ text: String) {
            self.text = text
            number = Double(text).flatMap { $0.isFinite ? $0 : nil }
        }
    }

    /// As written.
    public let text: String
    /// What it means.
    public let test: Test

    /// Reads a condition.
    ///
    /// A metric that is called like one of the other conditions is written with a backslash: `\silence>5`.
    ///
    /// - Parameters:
    ///   - text: `NAME=VALUE`, `NAME>80` (also `<`, `>=`, `<=`, `!=`; globs for names), `command=failed`,
    ///     `command open>60s`, `silence>5m`, `topic=FILTER` or `mark`.
    ///   - duration: reads a length of time, ns; nil where it is none.
    /// - Throws: ``InvalidTrigger`` when it is none of these.
    public init(_ text: String, duration: (String) -> Int64?) throws(InvalidTrigger) {
        self.text = text
        let whole = Self.trimmed(text[...])
        if whole == "mark" {
            test = .mark
            return
        }
        guard let (name, comparison, value) = Self.parts(whole) else {
            throw InvalidTrigger(text: text, reason: "it compares nothing")
        }
        guard !name.isEmpty, !value.isEmpty else {
            throw InvalidTrigger(text: text, reason: "something is missing beside `\(comparison.rawValue)`")
        }
        func length() throws(InvalidTrigger) -> Int64 {
            guard comparison == .above else {
                throw InvalidTrigger(text: text, reason: "a length of time is compared by `>`")
            }
            guard let length = duration(value), length > 0 else {
                throw InvalidTrigger(text: text, reason: "`\(value)` is no length of time such as 90s or 5m")
            }
            return length
        }
        switch name {
        case "command":
            guard comparison == .equal, value == "failed" else {
                throw InvalidTrigger(
                    text: text, reason: "of commands `command=failed` and `command open>60s` are known")
            }
            test = .commandFailed
        case "command open": test = .commandOpen(longerThan: try length())
        case "silence": test = .silence(longerThan: try length())
        case "topic":
            guard comparison == .equal else {
                throw InvalidTrigger(text: text, reason: "a topic filter stands behind `=`")
            }
            do { test = .topic(try TopicFilter(value)) } catch {
                throw InvalidTrigger(text: text, reason: error.description)
            }
        default:
            let operand = Operand(value)
            if operand.number == nil, comparison != .equal, comparison != .unequal {
                throw InvalidTrigger(
                    text: text, reason: "`\(value)` is no number, and texts are only compared by `=` and `!=`")
            }
            test = .metric(Glob(name), comparison, operand)
        }
    }

    /// Name, comparison and value; the first comparison counts, so that a value may hold others.
    private static func parts(_ text: String) -> (String, Comparison, String)? {
        let bytes = Array(text.utf8)
        guard let at = bytes.firstIndex(where: { "<>=!".utf8.contains($0) }) else { return nil }
        let rest = bytes[at...]
        // The longer signs come first.
        guard let comparison = Comparison.allCases.first(where: { rest.starts(with: $0.rawValue.utf8) }) else {
            return nil
        }
        var value = rest.dropFirst(comparison.rawValue.utf8.count)
        if comparison == .equal, value.first == UInt8(ascii: "=") { value = value.dropFirst() }
        return (
            trimmed(String(decoding: bytes[..<at], as: UTF8.self)[...]), comparison,
            trimmed(String(decoding: value, as: UTF8.self)[...])
        )
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.utf8.first == UInt8(ascii: " ") { text = text.dropFirst() }
        while text.utf8.last == UInt8(ascii: " ") { text = text.dropLast() }
        return String(text)
    }
}

/// A text that is no condition.
public struct InvalidTrigger: Error, Hashable, CustomStringConvertible {
    /// The text as given.
    public var text: String
    /// What is wrong with it.
    public var reason: String

    /// One sentence for a person.
    public var description: String {
        "`\(text)` is no condition: \(reason); write for example status=offline, cpu_temp>80, command=failed, "
            + "command open>60s, silence>5m, topic=v1/device/+/incidents or mark"
    }
}
