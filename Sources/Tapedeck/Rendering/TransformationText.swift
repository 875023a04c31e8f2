import Replay
import Terminal

/// What transformations touch, for a person.
struct TransformationText {
    let plan: ReplayPlan

    /// What is changed, a line each.
    var summary: [String] {
        var lines: [String] = []
        if plan.stateMessages > 0 {
            lines.append("first: \(HumanFormat.count(plan.stateMessages, "message")) of the state before the window")
        }
        for kind in plan.transformations.touched {
            let tally = plan.transformations[kind]
            let values = HumanFormat.count(tally.values, "value")
            lines.append("--\(kind.flag): \(values) in \(HumanFormat.count(tally.messages, "message"))")
            for reason in TransformationCounts.Reason.allCases {
                guard let count = tally.leftAlone[reason] else { continue }
                lines.append("  left as recorded: \(HumanFormat.count(count, "value")) \(reason.summary)")
            }
        }
        return lines
    }

    /// The examples, a line each, for `--dry-run`.
    var examples: [String] {
        plan.transformations.touched.flatMap { kind in
            plan.transformations[kind].examples.map { example in
                let place = DisplayText(example.place).text
                let (before, after) = (DisplayText(example.before).text, DisplayText(example.after).text)
                return "--\(kind.flag), seq \(example.sequence), \(place): \(before) -> \(after)"
            }
        }
    }
}

extension TransformationCounts.Kind {
    /// The flag that asks for it, without hyphens in front.
    fileprivate var flag: String {
        switch self {
        case .mapDevice: "map-device"
        case .fanOut: "fan-out"
        case .remap: "remap"
        case .shiftTime: "shift-time"
        case .freshIDs: "fresh-ids"
        case .credentials: "credentials"
        }
    }
}
