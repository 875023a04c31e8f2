public import JSONScan

/// One difference between two contents of a configuration.
public struct ConfigChange: Sendable, Hashable {
    /// What happened at the place.
    public enum Operation: String, Sendable, Hashable, CaseIterable {
        /// There was nothing before.
        case added
        /// There is nothing any more.
        case removed
        /// There is another value.
        case changed
    }

    /// What happened.
    public var operation: Operation
    /// The place, a JSON Pointer (RFC 6901).
    public var path: String
    /// The value before; nil also where it is a secret.
    public var old: JSONValue?
    /// The value now; nil also where it is a secret.
    public var new: JSONValue?
    /// Whether the name of the place says that the values are secrets, which are not shown.
    public var isSecret = false
}

extension ConfigChange {
    /// The differences between two objects, in the order of the first and then of the second.
    ///
    /// Arrays are compared place by place. Numbers are the same when they are equal, however they are spelled. Of a
    /// repeated name the last member counts.
    ///
    /// - Parameters:
    ///   - old: the members before.
    ///   - new: the members now.
    ///   - limit: the most differences to list.
    /// - Returns: the differences.
    static func between(_ old: [JSONMember], _ new: [JSONMember], limit: Int = 1_000) -> [ConfigChange] {
        var changes: [ConfigChange] = []
        var path: [String] = []
        compare(.object(old), .object(new), &path, &changes, limit)
        return changes
    }

    private static func compare(
        _ old: JSONValue, _ new: JSONValue, _ path: inout [String], _ changes: inout [ConfigChange], _ limit: Int
    ) {
        guard changes.count < limit else { return }
        switch (old, new) {
        case (.object(let before), .object(let after)):
            let before = Members(before)
            let after = Members(after)
            for (key, value) in before.inOrder {
                path.append(key.text)
                compare(value, after[key], &path, &changes, limit)
                path.removeLast()
            }
            for (key, value) in after.inOrder where before[key] == nil {
                path.append(key.text)
                note(.added, path, nil, value, &changes)
                path.removeLast()
            }
        case (.array(let before), .array(let after)):
            for index in 0..<max(before.count, after.count) {
                path.append(String(index))
                if index >= before.count {
                    note(.added, path, nil, after[index], &changes)
                } else {
                    compare(before[index], index < after.count ? after[index] : nil, &path, &changes, limit)
                }
                path.removeLast()
            }
        default:
            if !isSame(old, new) { note(.changed, path, old, new, &changes) }
        }
        if changes.count > limit { changes.removeLast(changes.count - limit) }
    }

    private static func compare(
        _ old: JSONValue, _ new: JSONValue?, _ path: inout [String], _ changes: inout [ConfigChange], _ limit: Int
    ) {
        if let new { compare(old, new, &path, &changes, limit) } else { note(.removed, path, old, nil, &changes) }
    }

    private static func note(
        _ operation: Operation, _ path: [String], _ old: JSONValue?, _ new: JSONValue?, _ changes: inout [ConfigChange]
    ) {
        let isSecret = path.contains(where: SecretNames.contains)
        // An object may hold secrets further inside.
        changes.append(
            ConfigChange(
                operation: operation, path: path.reduce(into: "") { $0 += "/" + escaped($1) },
                old: isSecret ? nil : old.map(SecretNames.masked), new: isSecret ? nil : new.map(SecretNames.masked),
                isSecret: isSecret))
    }

    private static func isSame(_ old: JSONValue, _ new: JSONValue) -> Bool {
        guard let before = old.number, let after = new.number, before != after else { return old == new }
        // Beyond 2^53 doubles would take neighbours for the same.
        if let before = before.int64, let after = after.int64 { return before == after }
        return before.double == after.double
    }

    /// A name within a JSON Pointer.
    private static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
        return name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

/// The members of an object, found by name.
private struct Members {
    /// A name that is compared byte by byte.
    struct Key: Hashable {
        var text: String

        static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    }

    private(set) var inOrder: [(key: Key, value: JSONValue)] = []
    private var places: [Key: Int] = [:]

    init(_ members: [JSONMember]) {
        for member in members {
            let key = Key(text: member.key)
            if let place = places[key] {
                inOrder[place].value = member.value
            } else {
                places[key] = inOrder.count
                inOrder.append((key, member.value))
            }
        }
    }

    subscript(key: Key) -> JSONValue? { places[key].map { inOrder[$0].value } }
}
