import DeviceProtocol
import Tape

/// Findings of the window, counted by kind of message and code.
struct FindingTally {
    private struct Key: Hashable {
        var kind: MessageKind
        var code: String
    }

    private var entries: [Key: TimelineEntry] = [:]

    mutating func add(_ findings: [Finding], _ message: RecordedMessage, _ kind: MessageKind) {
        var told: Set<String> = []
        for finding in findings where told.insert(finding.code).inserted {
            let key = Key(kind: kind, code: finding.code)
            if var known = entries[key] {
                known.count = (known.count ?? 1) + 1
                known.until = message.arrival
                entries[key] = known
            } else {
                var entry = TimelineEntry(time: message.arrival, event: .finding, what: "")
                entry.subject = finding.code
                entry.what = "\(kind.rawValue): \(finding.detail)"
                entry.sequence = message.sequence
                entries[key] = entry
            }
        }
    }

    /// One entry for each, at the time of the first.
    var list: [TimelineEntry] {
        entries.values.map { entry in
            var entry = entry
            if let count = entry.count { entry.what += " (\(count) messages like this)" }
            return entry
        }
    }
}
