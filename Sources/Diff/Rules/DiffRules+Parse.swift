import DeviceProtocol
import JSONScan

extension DiffRules {
    /// Reads rules from the text of a JSON file.
    ///
    /// - Parameter bytes: the file.
    /// - Throws: ``RulesError`` which names the place of what is wrong.
    public init(parsing bytes: [UInt8]) throws(RulesError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes)
        } catch {
            throw RulesError(place: "", reason: "\(error)")
        }
        self.init()
        guard let members = value.members else {
            throw RulesError(place: "", reason: "a JSON object expected, \(value.typeName) found")
        }
        for member in members {
            switch member.key {
            case "ignore": ignore = try Self.list(member, Self.ignoreRule)
            case "numeric_tolerance": numericTolerance = try Self.list(member, Self.toleranceRule)
            case "unordered":
                unordered = try Self.list(member) { (entry) throws(RulesError) in
                    let scope = try entry.scope(others: [])
                    guard scope.path != nil else { throw entry.error("pointer", "is missing: which array?") }
                    return scope
                }
            case "ignore_kinds": ignoredKinds = Set(try Self.kinds(member))
            case "time_tolerance": try readTimes(member)
            case "why", "count": continue
            default:
                throw RulesError(
                    place: member.key,
                    reason: "no such rule; there are ignore, numeric_tolerance, time_tolerance, unordered and "
                        + "ignore_kinds")
            }
        }
    }

    private static func ignoreRule(_ entry: Entry) throws(RulesError) -> Ignore {
        let scope = try entry.scope(others: ["verdict"])
        var verdict: Verdict?
        if let text = try entry.text("verdict") {
            verdict = Verdict(rawValue: text)
            guard verdict != nil else {
                let words = Verdict.allCases.map(\.rawValue).joined(separator: ", ")
                throw entry.error("verdict", "`\(text)` is none of \(words)")
            }
            guard scope.path == nil else {
                throw entry.error(
                    "verdict", "counts for whole messages; leave it out to ignore a place, or leave the place out")
            }
        } else if scope.path == nil {
            throw entry.error(
                "",
                "needs a `pointer` or a `metric` that is not compared, or a `verdict` that does not count; a whole "
                    + "kind belongs into ignore_kinds")
        }
        return Ignore(scope, verdict: verdict, why: try entry.text("why"), count: entry.count)
    }

    private static func toleranceRule(_ entry: Entry) throws(RulesError) -> NumericTolerance {
        let scope = try entry.scope(others: ["absolute", "relative"])
        guard scope.path != nil else { throw entry.error("", "needs a `pointer` or a `metric`") }
        let (absolute, relative) = (try entry.number("absolute"), try entry.number("relative"))
        guard absolute != nil || relative != nil else {
            throw entry.error("", "needs `absolute` or `relative`, or both")
        }
        return NumericTolerance(
            scope, absolute: absolute ?? 0, relative: relative ?? 0, why: try entry.text("why"), count: entry.count)
    }

    private mutating func readTimes(_ member: JSONMember) throws(RulesError) {
        if let text = member.value.string {
            timeTolerance = try Self.time(text, at: member.key)
            return
        }
        guard let members = member.value.members else {
            throw RulesError(
                place: member.key, reason: #"a length of time such as "2s", or an object of kinds with one each"#)
        }
        for entry in members {
            let place = "\(member.key).\(entry.key)"
            guard let text = entry.value.string else {
                throw RulesError(place: place, reason: #"a length of time such as "2s" expected"#)
            }
            let length = try Self.time(text, at: place)
            if entry.key == "default" {
                timeTolerance = length
            } else {
                timeToleranceByKind[try Self.kind(entry.key, at: place)] = length
            }
        }
    }

    private static func time(_ text: String, at place: String) throws(RulesError) -> Int64 {
        guard let length = TimeLength.parse(text) else {
            throw RulesError(place: place, reason: "`\(text)` is no length of time; for example 250ms, 2s, 5m")
        }
        return length
    }

    private static func kinds(_ member: JSONMember) throws(RulesError) -> [MessageKind] {
        guard let elements = member.value.elements else {
            throw RulesError(place: member.key, reason: "an array of kinds expected, \(member.value.typeName) found")
        }
        var kinds: [MessageKind] = []
        for (index, element) in elements.enumerated() {
            kinds.append(try kind(element.string ?? element.description, at: "\(member.key)[\(index)]"))
        }
        return kinds
    }

    fileprivate static func kind(_ text: String, at place: String) throws(RulesError) -> MessageKind {
        guard let kind = MessageKind(rawValue: text) else {
            let words = MessageKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw RulesError(place: place, reason: "`\(text)` is no kind of message; there are \(words)")
        }
        return kind
    }

    private static func list<Rule>(
        _ member: JSONMember, _ rule: (Entry) throws(RulesError) -> Rule
    ) throws(RulesError) -> [Rule] {
        guard let elements = member.value.elements else {
            throw RulesError(place: member.key, reason: "an array expected, \(member.value.typeName) found")
        }
        var rules: [Rule] = []
        for (index, element) in elements.enumerated() {
            let place = "\(member.key)[\(index)]"
            guard let members = element.members else {
                throw RulesError(place: place, reason: "an object expected, \(element.typeName) found")
            }
            rules.append(try rule(Entry(place: place, members: members)))
        }
        return rules
    }
}

/// A rule as it stands in the file.
private struct Entry {
    let place: String
    let members: [JSONMember]

    func error(_ key: String, _ reason: String) -> RulesError {
        RulesError(place: key.isEmpty ? place : "\(place).\(key)", reason: reason)
    }

    private func value(_ key: String) -> JSONValue? { members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value }

    var count: Int? { value("count")?.number?.int64.flatMap { Int(exactly: $0) } }

    func text(_ key: String) throws(RulesError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else { throw error(key, "a text expected, \(value.typeName) found") }
        return text
    }

    func number(_ key: String) throws(RulesError) -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value.number?.double, number.isFinite, number >= 0 else {
            throw error(key, "a number from 0 expected")
        }
        return number
    }

    func scope(others: [String]) throws(RulesError) -> DiffRules.Scope {
        let known = ["kind", "device", "pointer", "metric", "why", "count"] + others
        for member in members where !known.contains(member.key) {
            throw error(member.key, "no such key; there are \(known.joined(separator: ", "))")
        }
        var scope = DiffRules.Scope()
        if let kind = try text("kind") { scope.kind = try DiffRules.kind(kind, at: "\(place).kind") }
        scope.device = try text("device").map { Glob($0) }
        let metric = try text("metric")
        if let pointer = try text("pointer") {
            guard metric == nil else { throw error("metric", "give either a pointer or a metric") }
            do throws(InvalidPathPattern) {
                scope.path = try PathPattern(pointer)
            } catch {
                throw self.error("pointer", "\(error)")
            }
        } else if let metric {
            guard scope.kind == nil || scope.kind == .telemetry else {
                throw error("metric", "only telemetry has metrics; give a pointer")
            }
            scope.kind = .telemetry
            scope.path = PathPattern.metric(metric)
        }
        return scope
    }
}
