import DeviceProtocol
import Diff

/// The differences that a report shows, as many as it has room for; all are counted.
struct DiffFindings {
    /// The lines of each device, kind and command, in order of time.
    private(set) var lines: [DiffSummary.Group: [DifferenceLine]] = [:]
    /// How many differences of each group there were.
    private(set) var counts: [DiffSummary.Group: Int] = [:]
    /// How many differences there were.
    private(set) var total = 0
    /// How many are kept.
    private(set) var kept = 0
    private let limit: Int
    private let limitOfGroup: Int

    /// Begins without differences.
    ///
    /// - Parameters:
    ///   - limit: how many are kept at most.
    ///   - limitOfGroup: how many of one device, kind and command.
    init(limit: Int, ofGroup limitOfGroup: Int) {
        self.limit = limit
        self.limitOfGroup = limitOfGroup
    }

    mutating func note(_ difference: Difference) {
        let isCommand = difference.kind == .command || difference.kind == .commandUpdate
        let group = DiffSummary.Group(
            device: difference.device, kind: difference.kind, name: isCommand ? difference.key : "")
        total += 1
        counts[group, default: 0] += 1
        guard kept < limit, (lines[group]?.count ?? 0) < limitOfGroup else { return }
        kept += 1
        lines[group, default: []].append(DifferenceLine(difference))
    }

    /// All kept lines by device, kind and time.
    var all: [DifferenceLine] {
        lines.sorted { $0.key < $1.key }.flatMap(\.value)
    }
}
