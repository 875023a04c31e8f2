import DeviceProtocol
import Diff
import Terminal

/// The comparison as JUnit's XML, which CI systems read: a suite for each device, a case for each kind and command.
struct DiffJUnit {
    let summary: DiffSummary
    let findings: DiffFindings
    /// How long the comparison took, ns.
    let duration: Int64
    let name: String

    /// Writes the document.
    ///
    /// - Throws: ``OutputClosed`` or ``OutputFailure``.
    func write(to output: OutputBuffer) throws {
        var suites: [DeviceID?: [DiffSummary.Group]] = [:]
        for group in summary.groups.keys { suites[group.device, default: []].append(group) }
        let failed = summary.groups.values.count { $0.different > 0 }
        let seconds = OutputValue.decimal(duration, unit: 1_000_000_000)
        try output.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        try output.append(
            "<testsuites name=\"\(XMLText.attribute(name))\" tests=\"\(summary.groups.count)\" "
                + "failures=\"\(failed)\" errors=\"0\" time=\"\(seconds)\">\n")
        let devices = suites.keys.sorted { left, right in
            guard let left else { return right != nil }
            return right.map { left < $0 } ?? false
        }
        for device in devices {
            try write(device?.text ?? "(no device)", (suites[device] ?? []).sorted(), to: output)
        }
        try output.append("</testsuites>\n")
    }

    private func write(_ device: String, _ groups: [DiffSummary.Group], to output: OutputBuffer) throws {
        let failed = groups.count { (summary.groups[$0]?.different ?? 0) > 0 }
        let suite = XMLText.attribute(device)
        try output.append(
            "  <testsuite name=\"\(suite)\" tests=\"\(groups.count)\" failures=\"\(failed)\" errors=\"0\" "
                + "skipped=\"0\">\n")
        for group in groups {
            let counts = summary.groups[group] ?? DiffSummary.Counts()
            let title = group.name.isEmpty ? group.kind.rawValue : "\(group.kind.rawValue) \(group.name)"
            try output.append(
                "    <testcase classname=\"\(suite)\" name=\"\(XMLText.attribute(title))\" "
                    + "assertions=\"\(counts.same + counts.different)\"")
            guard counts.different > 0 else {
                try output.append("/>\n")
                continue
            }
            let verdicts = Verdict.allCases.filter { counts[$0] > 0 }
            let sums = verdicts.map { "\(counts[$0]) \($0.rawValue)" }.joined(separator: ", ")
            let type = verdicts.min()?.rawValue ?? "changed"
            try output.append(">\n      <failure message=\"\(sums)\" type=\"\(type)\">")
            try output.append(XMLText.content(text(group)))
            try output.append("</failure>\n    </testcase>\n")
        }
        try output.append("  </testsuite>\n")
    }

    private func text(_ group: DiffSummary.Group) -> String {
        let lines = findings.lines[group] ?? []
        var text = ""
        for line in lines {
            let gap = line.isInGap ? " (in a gap of the recording)" : ""
            text += "\(line.verdict.rawValue) \(line.time?.rfc3339 ?? "") seq \(line.places) "
            text += "\(line.key.isEmpty ? "" : line.key + " ")\(line.what)\(gap)\n"
        }
        let more = (findings.counts[group] ?? 0) - lines.count
        return more > 0 ? text + "and \(more) more\n" : text
    }
}

/// Text of any origin in XML 1.0, which has no way to write most control characters.
enum XMLText {
    /// As the content of an element.
    static func content(_ text: String) -> String { escaped(text, keepsLines: true) }

    /// As the value of an attribute in double quotes.
    static func attribute(_ text: String) -> String { escaped(text, keepsLines: false) }

    private static func escaped(_ text: String, keepsLines: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n" where keepsLines: result += "\n"
            default:
                // Char of XML 1.0 §2.2; C1 controls are allowed there, and act on terminals nonetheless.
                let isControl = scalar.value < 0x20 || 0x7f...0x9f ~= scalar.value
                if isControl {
                    result += DisplayText(String(Character(scalar))).text
                } else {
                    result.unicodeScalars.append(0xfffe...0xffff ~= scalar.value ? "\u{fffd}" : scalar)
                }
            }
        }
        return result
    }
}
