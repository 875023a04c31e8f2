import DeviceProtocol

/// The rules that hold for the messages of one kind of one device, as a walk through a message needs them.
struct ContentRules {
    /// What a rule does with a place.
    enum Action {
        case ignore
        case unordered
        case tolerate(absolute: Double, relative: Double)
    }

    /// A rule of which the first `depth` tokens have been met on the way.
    struct Candidate {
        let tokens: [PathPattern.Token]
        let action: Action
        var depth = 0
    }

    /// All of them, nothing met yet.
    let all: [Candidate]
    /// Whether some numbers are compared with a tolerance, so that equal contents may still differ in them.
    let hasTolerances: Bool
    /// Whether a placeholder on one side only is a difference, though nobody can tell from which secret it was made.
    let comparesSecrets: Bool

    init(_ rules: DiffRules, kind: MessageKind, device: DeviceID?, baseDevice: DeviceID?, isStrict: Bool) {
        var all: [Candidate] = []
        func fits(_ scope: DiffRules.Scope) -> Bool {
            guard scope.kind == nil || scope.kind == kind else { return false }
            guard let pattern = scope.device else { return true }
            return [device, baseDevice].contains { $0.map { pattern.matches($0.text) } ?? false }
        }
        if !isStrict {
            all += DefaultIgnores.paths(of: kind).map { Candidate(tokens: $0.tokens, action: .ignore) }
        }
        for rule in rules.ignore where rule.verdict == nil && fits(rule.scope) {
            guard let path = rule.scope.path else { continue }
            all.append(Candidate(tokens: path.tokens, action: .ignore))
        }
        for scope in rules.unordered where fits(scope) {
            guard let path = scope.path else { continue }
            all.append(Candidate(tokens: path.tokens, action: .unordered))
        }
        for rule in rules.numericTolerance where fits(rule.scope) {
            guard let path = rule.scope.path else { continue }
            all.append(
                Candidate(
                    tokens: path.tokens, action: .tolerate(absolute: rule.absolute, relative: rule.relative)))
        }
        self.all = all
        comparesSecrets = isStrict
        hasTolerances = all.contains { if case .tolerate = $0.action { true } else { false } }
    }

    /// The rules that may hold below a step, and what is to be done right there.
    static func advance(
        _ candidates: [Candidate], _ step: ContentPath.Step
    ) -> (below: [Candidate], isIgnored: Bool, isUnordered: Bool, tolerance: (absolute: Double, relative: Double)?) {
        if candidates.isEmpty { return ([], false, false, nil) }
        var below: [Candidate] = []
        var isIgnored = false
        var isUnordered = false
        var tolerance: (absolute: Double, relative: Double)?
        for var candidate in candidates {
            if candidate.depth == candidate.tokens.count {
                // A tolerance holds for the numbers below its place too.
                if case .tolerate(let absolute, let relative) = candidate.action {
                    below.append(candidate)
                    tolerance = tolerance ?? (absolute, relative)
                }
                continue
            }
            guard candidate.tokens[candidate.depth].matches(step) else { continue }
            candidate.depth += 1
            guard candidate.depth == candidate.tokens.count else {
                below.append(candidate)
                continue
            }
            switch candidate.action {
            case .ignore: isIgnored = true
            case .unordered: isUnordered = true
            case .tolerate(let absolute, let relative):
                below.append(candidate)
                tolerance = tolerance ?? (absolute, relative)
            }
        }
        return (below, isIgnored, isUnordered, tolerance)
    }
}
