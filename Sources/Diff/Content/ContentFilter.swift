import JSONScan

extension ContentRules {
    /// A content without what is ignored, arrays whose order does not matter in an order of their own.
    ///
    /// - Parameters:
    ///   - value: the content.
    ///   - hidesTolerated: whether numbers that are compared with a tolerance become the same.
    /// - Returns: what is left of it.
    func filtered(_ value: JSONValue, hidesTolerated: Bool) -> JSONValue {
        all.isEmpty ? value : Self.filtered(value, all, hidesTolerated)
    }

    private static func filtered(_ value: JSONValue, _ rules: [Candidate], _ hidesTolerated: Bool) -> JSONValue {
        if rules.isEmpty { return value }
        switch value {
        case .null, .bool, .number, .string: return value
        case .array(let elements):
            var kept: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                guard let element = step(.index(index), element, rules, hidesTolerated) else { continue }
                kept.append(element)
            }
            return .array(kept)
        case .object(let members):
            var kept: [JSONMember] = []
            kept.reserveCapacity(members.count)
            for member in members {
                guard let value = step(.key(member.key), member.value, rules, hidesTolerated) else { continue }
                kept.append(JSONMember(member.key, value))
            }
            return .object(kept)
        }
    }

    private static func step(
        _ step: ContentPath.Step, _ value: JSONValue, _ rules: [Candidate], _ hidesTolerated: Bool
    ) -> JSONValue? {
        let next = advance(rules, step)
        if next.isIgnored { return nil }
        if hidesTolerated, next.tolerance != nil, value.number != nil { return .bool(true) }
        let below = filtered(value, next.below, hidesTolerated)
        guard next.isUnordered, let elements = below.elements else { return below }
        return .array(
            elements.map { (ContentHash.of($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1))
    }
}
