public import DeviceProtocol
import JSONScan

/// Finds rules under which two runs of the same thing are the same.
public struct RuleProposal: Sendable {
    private struct Place: Hashable {
        var kind: MessageKind
        /// ``DeviceID`` is the text that compares by bytes.
        var path: DeviceID
    }

    private struct Finding {
        var count = 0
        /// Differences that were not between two numbers.
        var others = 0
        var absolute = 0.0
        var relative = 0.0
    }

    private struct Silence: Hashable {
        var kind: MessageKind
        var verdict: Verdict
    }

    private var places: [Place: Finding] = [:]
    private var silences: [Silence: Int] = [:]
    private var delays: [MessageKind: Int64] = [:]
    /// A hostile payload must not fill memory with names; beyond it the kind is ignored as a whole.
    private static let placeLimit = 5_000

    /// Begins without knowledge.
    public init() {}

    /// Whether nothing differed.
    public var isEmpty: Bool { places.isEmpty && silences.isEmpty && delays.isEmpty }

    /// Takes note of a difference.
    public mutating func note(_ difference: Difference) {
        switch difference.verdict {
        case .late:
            let length = Int64(clamping: (difference.lateness ?? 0).magnitude)
            delays[difference.kind] = max(delays[difference.kind] ?? 0, length)
        case .missing where difference.candidate != nil, .extra where difference.base != nil, .changed:
            for change in difference.changes { note(change, difference.kind) }
        case .missing, .extra, .reordered:
            silences[Silence(kind: difference.kind, verdict: difference.verdict), default: 0] += 1
        }
    }

    private mutating func note(_ change: ContentChange, _ kind: MessageKind) {
        let place = Place(kind: kind, path: DeviceID(change.path))
        guard places[place] != nil || places.count < Self.placeLimit else {
            silences[Silence(kind: kind, verdict: .changed), default: 0] += 1
            return
        }
        var finding = places[place] ?? Finding()
        finding.count += 1
        if let left = change.base?.number?.double, let right = change.candidate?.number?.double, left.isFinite,
            right.isFinite
        {
            let difference = (left - right).magnitude
            finding.absolute = max(finding.absolute, difference)
            let larger = max(left.magnitude, right.magnitude)
            if larger > 0 { finding.relative = max(finding.relative, difference / larger) }
        } else {
            finding.others += 1
        }
        places[place] = finding
    }

    /// Adds rules to some that there are already.
    ///
    /// - Parameters:
    ///   - rules: the rules under which the differences were found.
    ///   - pairs: how many pairs of messages of a kind there are: what differs in all of them is no measurement.
    /// - Returns: all of them.
    public func added(to rules: DiffRules, pairs: (MessageKind) -> Int) -> DiffRules {
        var rules = rules
        for (place, finding) in places.sorted(by: { Self.precedes($0.key, $1.key) }) {
            let path = PathPattern.exactly(place.path.text)
            let scope = DiffRules.Scope(kind: place.kind, path: path)
            let isAlways = finding.count >= 3 && finding.count >= pairs(place.kind)
            let wasTolerated = rules.numericTolerance.contains { $0.scope == scope }
            if path == nil {
                rules.ignore.append(
                    DiffRules.Ignore(
                        DiffRules.Scope(kind: place.kind), verdict: .changed, why: "differed", count: finding.count))
            } else if finding.others == 0, !isAlways, !wasTolerated {
                let absolute = Self.roomy(finding.absolute)
                rules.numericTolerance.append(
                    DiffRules.NumericTolerance(
                        scope, absolute: absolute,
                        why: "numbers differed by up to \(Self.short(finding.absolute)), "
                            + "\(Self.short(finding.relative * 100)) %", count: finding.count))
            } else {
                rules.numericTolerance.removeAll { $0.scope == scope }
                rules.ignore.append(
                    DiffRules.Ignore(
                        scope, why: isAlways ? "differed every time" : "differed", count: finding.count))
            }
        }
        for (silence, count) in silences.sorted(by: { Self.precedes($0.key, $1.key) }) {
            let why =
                switch silence.verdict {
                case .missing: "messages that only the base has"
                case .extra: "messages that only the candidate has"
                case .reordered: "the order differed"
                case .changed, .late: "too many places differed"
                }
            rules.ignore.append(
                DiffRules.Ignore(
                    DiffRules.Scope(kind: silence.kind), verdict: silence.verdict, why: why, count: count))
        }
        for (kind, delay) in delays {
            // A quarter more, in whole seconds.
            let seconds = (delay &+ delay / 4) / 1_000_000_000 &+ 1
            let (length, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            rules.timeToleranceByKind[kind] = max(rules.timeTolerance(of: kind), overflow ? .max : length)
        }
        return rules
    }

    private static func precedes(_ left: Place, _ right: Place) -> Bool {
        left.kind != right.kind ? left.kind.rawValue < right.kind.rawValue : left.path < right.path
    }

    private static func precedes(_ left: Silence, _ right: Silence) -> Bool {
        left.kind != right.kind ? left.kind.rawValue < right.kind.rawValue : left.verdict < right.verdict
    }

    /// Half as much again, rounded up to two digits.
    private static func roomy(_ value: Double) -> Double {
        var (scaled, unit) = (value * 1.5, 1.0)
        guard scaled > 0, scaled < 1e200, scaled > 1e-200 else { return value }
        while scaled >= 100 { (scaled, unit) = (scaled / 10, unit * 10) }
        while scaled < 10 { (scaled, unit) = (scaled * 10, unit / 10) }
        // Written and read again, so that no 0.30000000000000004 stands in the file.
        let digits = Int(scaled.rounded(.up))
        var exponent = 0
        var rest = unit
        while rest > 1.5 { (rest, exponent) = (rest / 10, exponent + 1) }
        while rest < 0.5 { (rest, exponent) = (rest * 10, exponent - 1) }
        return Double("\(digits)e\(exponent)") ?? value * 2
    }

    private static func short(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return value.description }
        return ((value * 1_000).rounded() / 1_000).description
    }
}
