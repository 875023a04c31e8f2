import DeviceProtocol
import JSONScan

extension DiffRules {
    /// The rules as the text of a JSON file, one rule a line.
    public var json: [UInt8] {
        var sections: [String] = []
        if !ignore.isEmpty {
            sections.append(
                Self.section(
                    "ignore",
                    ignore.map { rule in
                        Self.members(rule.scope) + (rule.verdict.map { [("verdict", .string($0.rawValue))] } ?? [])
                            + Self.remarks(rule.why, rule.count)
                    }))
        }
        if !numericTolerance.isEmpty {
            sections.append(
                Self.section(
                    "numeric_tolerance",
                    numericTolerance.map { rule in
                        var members = Self.members(rule.scope)
                        if rule.absolute > 0, let number = JSONNumber(rule.absolute) {
                            members.append(("absolute", .number(number)))
                        }
                        if rule.relative > 0 || rule.absolute == 0, let number = JSONNumber(rule.relative) {
                            members.append(("relative", .number(number)))
                        }
                        return members + Self.remarks(rule.why, rule.count)
                    }))
        }
        if !unordered.isEmpty { sections.append(Self.section("unordered", unordered.map { Self.members($0) })) }
        if !ignoredKinds.isEmpty {
            let kinds = ignoredKinds.map(\.rawValue).sorted().map { JSONValue.string($0).description }
            sections.append("  \"ignore_kinds\": [\(kinds.joined(separator: ", "))]")
        }
        let times =
            [("default", timeTolerance)]
            + timeToleranceByKind.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
        let lengths = times.map { "\"\($0.0)\": \"\(TimeLength.text($0.1))\"" }
        sections.append("  \"time_tolerance\": {\(lengths.joined(separator: ", "))}")
        return Array("{\n\(sections.joined(separator: ",\n"))\n}\n".utf8)
    }

    private static func section(_ name: String, _ rules: [[(String, JSONValue)]]) -> String {
        let lines = rules.map { members in
            let parts = members.map { "\"\($0.0)\": \($0.1.description)" }
            return "    {\(parts.joined(separator: ", "))}"
        }
        return "  \"\(name)\": [\n\(lines.joined(separator: ",\n"))\n  ]"
    }

    private static func members(_ scope: Scope) -> [(String, JSONValue)] {
        var members: [(String, JSONValue)] = []
        if let kind = scope.kind { members.append(("kind", .string(kind.rawValue))) }
        if let device = scope.device { members.append(("device", .string(device.description))) }
        if let path = scope.path { members.append(("pointer", .string(path.text))) }
        return members
    }

    private static func remarks(_ why: String?, _ count: Int?) -> [(String, JSONValue)] {
        (why.map { [("why", JSONValue.string($0))] } ?? []) + (count.map { [("count", .number(JSONNumber($0)))] } ?? [])
    }
}
