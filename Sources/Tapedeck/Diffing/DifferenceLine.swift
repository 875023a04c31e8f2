import DeviceProtocol
import Diff
import JSONScan
import Terminal

/// A difference in words, short enough to keep many of them.
struct DifferenceLine {
    let device: DeviceID?
    let kind: MessageKind
    let key: String
    let verdict: Verdict
    let isInGap: Bool
    let base: Difference.Place?
    let candidate: Difference.Place?
    /// What differs: `/parameters/level: 1 → 9`.
    let what: String

    private static let limit = 120

    init(_ difference: Difference) {
        device = difference.device
        kind = difference.kind
        key = Self.cut(difference.key)
        verdict = difference.verdict
        isInGap = difference.isInGap
        base = difference.base
        candidate = difference.candidate
        what = Self.words(difference)
    }

    /// The kind, and what of it: `command reboot`.
    var subject: String { key.isEmpty ? kind.rawValue : "\(kind.rawValue) \(key)" }

    /// When it happened, on the base where it was there.
    var time: Timestamp? { (base ?? candidate)?.arrival }

    /// Where it stands on both tapes: `12:14`.
    var places: String {
        "\(base.map { String($0.sequence) } ?? "–"):\(candidate.map { String($0.sequence) } ?? "–")"
    }

    private static func words(_ difference: Difference) -> String {
        let lateness = difference.lateness.map(delay)
        switch difference.verdict {
        case .late: return lateness ?? ""
        case .reordered: return "at another place" + (lateness.map { ", \($0)" } ?? "")
        case .missing, .extra, .changed:
            let changes = difference.changes.prefix(3).map { change in
                let values =
                    switch (change.base, change.candidate) {
                    case (let base?, let candidate?): "\(text(base)) → \(text(candidate))"
                    case (let only?, nil): text(only) + (change.path.isEmpty ? "" : " → (absent)")
                    case (nil, let only?): (change.path.isEmpty ? "" : "(absent) → ") + text(only)
                    case (nil, nil): ""
                    }
                return change.path.isEmpty ? values : "\(cut(change.path)): \(values)"
            }
            let more = difference.changes.count - changes.count
            return changes.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
        }
    }

    private static func delay(_ nanoseconds: Int64) -> String {
        let length = OutputValue.decimal(Int64(clamping: nanoseconds.magnitude), unit: 1_000_000_000)
        return nanoseconds < 0 ? "\(length) s earlier" : "\(length) s later"
    }

    private static func text(_ value: JSONValue) -> String {
        // Payloads that are no JSON come wrapped; what a person wants to see is the text.
        if let members = value.members, members.count == 1, members[0].key == "$text",
            let text = members[0].value.string
        {
            return cut(text)
        }
        return cut(value.description)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > limit else { return text }
        return text.unicodeScalars.prefix(limit).reduce(into: "") { $0.unicodeScalars.append($1) } + "…"
    }
}
