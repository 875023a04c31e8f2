import DeviceProtocol

/// A pattern for places in messages: a JSON Pointer into the payload, or `qos`, `properties/…`, whose tokens may hold
/// `*` and `?`; it stands for what lies below its places too.
public struct PathPattern: Sendable, Hashable {
    /// The pattern as written.
    public let text: String
    let tokens: [Token]

    enum Token: Sendable, Hashable {
        case name(Glob)
        /// Any place of an array, but no member of an object.
        case anyIndex

        func matches(_ step: ContentPath.Step) -> Bool {
            switch (self, step) {
            case (.name(let pattern), _): pattern.matches(step.text)
            case (.anyIndex, .index): true
            case (.anyIndex, .key): false
            }
        }
    }

    /// The names that a path outside of the payload may begin with.
    static let surroundings = ["topic", "qos", "retain", "dup", "properties"]

    /// Reads a pattern.
    ///
    /// - Throws: ``InvalidPathPattern`` where it is neither a JSON Pointer nor the name of something around the payload.
    public init(_ text: String) throws(InvalidPathPattern) {
        var tokens: [Token] = []
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if text.isEmpty || text.utf8.first == UInt8(ascii: "/") {
            tokens.append(.name(Glob(ContentPath.payload)))
        } else if !Self.surroundings.contains(parts.first ?? "") {
            throw InvalidPathPattern(text: text)
        } else {
            tokens.append(.name(Glob(parts.first ?? "")))
        }
        for part in parts.dropFirst() {
            // RFC 6901 §4: first ~1, then ~0.
            tokens.append(.name(Glob(part.replacing("~1", with: "/").replacing("~0", with: "~"))))
        }
        self.text = text
        self.tokens = tokens
    }

    /// A member of the payload, or of each of its elements.
    static func members(_ names: [String], inEachElement: Bool) -> [PathPattern] {
        names.map { name in
            PathPattern(
                text: (inEachElement ? "/*/" : "/") + name,
                tokens: [.name(Glob(ContentPath.payload))] + (inEachElement ? [.anyIndex] : [])
                    + [.name(Glob(name))])
        }
    }

    init(text: String, tokens: [Token]) {
        self.text = text
        self.tokens = tokens
    }
}

/// A text that names no place in messages.
public struct InvalidPathPattern: Error, Hashable, CustomStringConvertible {
    /// The text.
    public var text: String

    /// One sentence for a person.
    public var description: String {
        "`\(text)` names no place: give a JSON Pointer into the payload, which begins with `/`, or one of "
            + PathPattern.surroundings.joined(separator: ", ")
    }
}

extension PathPattern {
    /// The metrics whose names fit a pattern.
    public static func metric(_ name: String) -> PathPattern {
        PathPattern(
            text: "/telemetries/" + ContentPath.escaped(name),
            tokens: [ContentPath.payload, "telemetries", name].map { .name(Glob($0)) })
    }

    /// Exactly the place of a change.
    static func exactly(_ path: String) -> PathPattern? {
        try? PathPattern(Glob(literal: path).text)
    }
}
