import DeviceProtocol
import Tape

/// Findings by device, kind and code: a bounded number of them.
struct FindingReport {
    /// What findings are counted by.
    struct Key: Hashable {
        var device: DeviceID?
        var kind: MessageKind
        var code: String
    }

    /// Some messages with the same finding.
    struct Occurrence {
        var count: Int
        /// The earliest and the latest time of arrival among them.
        var first: Timestamp
        var last: Timestamp
    }

    /// A row, and where its example stands: in which part of the tape, and in which place of that part's order.
    private struct Entry {
        var row: FindingRow
        var part: Int
        var order: Int64
    }

    private var entries: [Key: Entry] = [:]
    private var part = 0
    /// Messages whose findings had no room.
    private(set) var dropped = 0

    /// The most rows.
    private static let limit = 50_000

    /// Notes that the next part of the tape begins.
    mutating func beginPart() { part += 1 }

    /// Whether a message at a place of the part's order would be the example: the first one is.
    func wantsExample(_ key: Key, at order: Int64) -> Bool {
        guard let entry = entries[key] else { return entries.count < Self.limit }
        return entry.part == part && order < entry.order
    }

    /// Counts further messages.
    mutating func add(_ key: Key, _ occurrence: Occurrence) {
        guard let index = entries.index(forKey: key) else {
            dropped += occurrence.count
            return
        }
        entries.values[index].row.count += occurrence.count
        let row = entries.values[index].row
        entries.values[index].row.firstSeen = min(row.firstSeen, occurrence.first)
        entries.values[index].row.lastSeen = max(row.lastSeen, occurrence.last)
    }

    /// Takes a message as the example of a row; it is not counted by that.
    mutating func exemplify(_ key: Key, at order: Int64, _ arrival: Timestamp, _ sequence: Int64, _ detail: String) {
        guard wantsExample(key, at: order) else { return }
        let row = FindingRow(
            code: key.code, kind: key.kind, device: key.device, count: 0, firstSeen: arrival, lastSeen: arrival,
            sequence: sequence, detail: detail)
        var entry = entries[key] ?? Entry(row: row, part: part, order: order)
        entry.row.sequence = sequence
        entry.row.detail = detail
        entry.order = order
        entries[key] = entry
    }

    /// Counts the findings of one message.
    mutating func take(_ message: RecordedMessage, at order: Int64, _ device: DeviceID?, _ decoded: DecodedMessage) {
        var codes: Set<String> = []
        for finding in decoded.findings where codes.insert(finding.code).inserted {
            let key = Key(device: device, kind: decoded.kind, code: finding.code)
            exemplify(key, at: order, message.arrival, message.sequence, finding.detail)
            add(key, Occurrence(count: 1, first: message.arrival, last: message.arrival))
        }
    }

    /// The rows: by device, the most frequent first.
    var inOrder: [FindingRow] {
        entries.values.map(\.row).sorted { left, right in
            if left.device != right.device {
                guard let one = left.device else { return true }
                guard let two = right.device else { return false }
                return one < two
            }
            if left.count != right.count { return left.count > right.count }
            return (left.kind.rawValue, left.code) < (right.kind.rawValue, right.code)
        }
    }
}
