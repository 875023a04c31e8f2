import DeviceProtocol
import Diff
import JSONScan
import Terminal

/// Writes differences as JSON Lines.
struct DifferenceJSON {
    private var line = JSONLine()

    /// Writes the line of a difference.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func write(_ difference: Difference, to output: OutputBuffer) throws {
        line.removeAll()
        line.append("{")
        append("\"device\":", difference.device)
        append("\"candidate_device\":", difference.candidateDevice)
        line.append("\"kind\":")
        line.append(text: difference.kind.rawValue)
        if !difference.key.isEmpty {
            line.append(",\"key\":")
            line.append(text: difference.key)
        }
        line.append(",\"verdict\":")
        line.append(text: difference.verdict.rawValue)
        if let first = difference.changes.first { append(first) }
        if let base = difference.base {
            line.append(",\"base_seq\":")
            line.append(base.sequence)
        }
        if let candidate = difference.candidate {
            line.append(",\"candidate_seq\":")
            line.append(candidate.sequence)
        }
        append(",\"base_time\":\"", difference.base)
        append(",\"candidate_time\":\"", difference.candidate)
        if let lateness = difference.lateness {
            line.append(",\"late_ms\":")
            line.append(Array(OutputValue.decimal(lateness, unit: 1_000_000).utf8))
        }
        if difference.isInGap { line.append(",\"in_gap\":true") }
        if difference.changes.count > 1 { appendAll(difference.changes) }
        line.append("}\n")
        try output.append(bytes: line.bytes)
    }

    /// Writes the counts of a device and kind.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    mutating func write(_ group: DiffSummary.Group, _ counts: DiffSummary.Counts, to output: OutputBuffer) throws {
        line.removeAll()
        line.append("{")
        append("\"device\":", group.device)
        line.append("\"kind\":")
        line.append(text: group.kind.rawValue)
        line.append(",\"same\":")
        line.append(Int64(counts.same))
        for verdict in Verdict.allCases {
            line.append(",")
            line.append(text: verdict.rawValue)
            line.append(":")
            line.append(Int64(counts[verdict]))
        }
        line.append("}\n")
        try output.append(bytes: line.bytes)
    }

    private mutating func append(_ key: StaticString, _ device: DeviceID?) {
        guard let device else { return }
        line.append(key)
        line.append(text: device.text)
        line.append(",")
    }

    private mutating func append(_ key: StaticString, _ place: Difference.Place?) {
        guard let place else { return }
        line.append(key)
        line.append(place.arrival)
        line.append("\"")
    }

    private mutating func append(_ change: ContentChange) {
        appendValues(change)
        line.append(",\"path\":")
        line.append(text: change.path)
    }

    private mutating func appendAll(_ changes: [ContentChange]) {
        line.append(",\"changes\":[")
        for (index, change) in changes.enumerated() {
            line.append(index == 0 ? "{\"path\":" : ",{\"path\":")
            line.append(text: change.path)
            appendValues(change)
            line.append("}")
        }
        line.append("]")
    }

    private mutating func appendValues(_ change: ContentChange) {
        if let base = change.base {
            line.append(",\"base\":")
            line.append(base)
        }
        if let candidate = change.candidate {
            line.append(",\"candidate\":")
            line.append(candidate)
        }
    }
}
