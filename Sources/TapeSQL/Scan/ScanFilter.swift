import DeviceProtocol
import SQLite
import Tape

/// The conditions of a scan with their values.
///
/// It never leaves out a row that fulfils them. Where SQLite was told that the scan decides exactly, it leaves out all
/// others too; else SQLite looks once more.
struct ScanFilter {
    /// Whether nothing can fulfil the conditions, such as a comparison with NULL.
    var isImpossible = false
    /// Times of arrival, ns since the Unix epoch.
    var arrivals = Int64.min...Int64.max
    var sequences = Int64.min...Int64.max
    var sessions: Set<Int64>?
    var devices: Set<DeviceID>?
    /// Names of kinds.
    var kinds: Set<String>?
    var topics: Set<[UInt8]>?
    var metrics: Set<[UInt8]>?
    var metricPatterns: [TextPattern] = []
    /// The tape that the table's argument names.
    var tape: String?

    /// Takes the values of a plan's conditions.
    ///
    /// - Throws: ``TableError`` where a list cannot be read.
    init(_ plan: ScanPlan, _ arguments: SQLArguments) throws(TableError) {
        for (index, condition) in plan.conditions.enumerated() {
            let values = condition.isList ? try arguments.list(index) : [arguments[index]]
            switch condition.column {
            case "tape": if case .text(let path)? = values.first { tape = path }
            case "time": restrict(condition.comparison, text: values)
            case "time_ns": narrow(\.arrivals, condition.comparison, values)
            case "seq": narrow(\.sequences, condition.comparison, values)
            case "session": restrictSessions(values)
            case "device": restrict(\.devices, values) { DeviceID($0) }
            case "kind": restrict(\.kinds, values) { $0 }
            case "topic": restrict(\.topics, values) { Array($0.utf8) }
            case "metric": restrictMetrics(condition.comparison, values)
            default: break
            }
        }
        if let kinds, !kinds.contains(where: { MessageKind(rawValue: $0) != nil }) { isImpossible = true }
    }

    /// Whether every metric is wanted, and rows without one.
    var wantsAllMetrics: Bool { metrics == nil && metricPatterns.isEmpty }

    /// Whether a metric is wanted.
    func wants(metric name: String) -> Bool {
        if let metrics, !metrics.contains(Array(name.utf8)) { return false }
        return metricPatterns.allSatisfy { $0.matches(name) }
    }

    /// Whether a device is wanted; nil is none.
    func wants(device: DeviceID?) -> Bool {
        guard let devices else { return true }
        return device.map { devices.contains($0) } ?? false
    }

    /// Whether messages of a topic are wanted as far as kind and name go; the device is not looked at.
    func wants(topic: String) -> Bool {
        if let kinds, !kinds.contains(MessageKind.of(topic: topic).rawValue) { return false }
        if let topics, !topics.contains(Array(topic.utf8)) { return false }
        return true
    }

    /// Whether something is asked of each message, and not only of its topic.
    var looksAtEachMessage: Bool {
        arrivals != Int64.min...Int64.max || sequences != Int64.min...Int64.max || sessions != nil
    }

    /// The number of the first message that may be wanted, from 1.
    var firstSequence: Int64 { max(sequences.lowerBound, 1) }

    /// Whether all messages from one on are behind the wanted ones; nil is none.
    func isBehind(_ sequence: Int64?) -> Bool {
        sequence.map { $0 > sequences.upperBound } ?? false
    }

    /// What the reader of the tape can leave out by itself: by time, session and kind.
    var selection: Selection {
        var selection = Selection()
        if arrivals.lowerBound > .min { selection.since = Timestamp(nanoseconds: arrivals.lowerBound) }
        if arrivals.upperBound < .max { selection.until = Timestamp(nanoseconds: arrivals.upperBound + 1) }
        if let sessions { selection.sessions = SessionChoice(sessions.isEmpty ? [0] : sessions) }
        if let kinds { selection.kinds = Set(kinds.compactMap(MessageKind.init(rawValue:))) }
        return selection
    }
}

extension ScanFilter {
    /// Bounds a whole number.
    private mutating func narrow(
        _ range: WritableKeyPath<Self, ClosedRange<Int64>>, _ comparison: TableQuestion.Comparison,
        _ values: [SQLValue]
    ) {
        var union: ClosedRange<Int64>?
        for value in values {
            guard let own = Self.range(comparison, value) else { continue }
            union = union.map { min($0.lowerBound, own.lowerBound)...max($0.upperBound, own.upperBound) } ?? own
        }
        limit(range, union)
    }

    private mutating func limit(_ range: WritableKeyPath<Self, ClosedRange<Int64>>, _ other: ClosedRange<Int64>?) {
        guard let other, self[keyPath: range].overlaps(other) else {
            isImpossible = true
            return
        }
        self[keyPath: range] = self[keyPath: range].clamped(to: other)
    }

    /// The whole numbers that may fulfil a comparison; nil where none does.
    private static func range(_ comparison: TableQuestion.Comparison, _ value: SQLValue) -> ClosedRange<Int64>? {
        let (low, high): (Int64, Int64)
        switch value {
        case .null: return nil
        // SQLite may read a text as a number, or put it behind all numbers.
        case .text, .blob: return .min ... .max
        case .integer(let value): (low, high) = (value, value)
        case .real(let value):
            // Near the ends of 64 bits the neighbours of a double lie far apart; SQLite looks once more.
            guard value.magnitude < 9e18 else { return .min ... .max }
            (low, high) = (Int64(value.rounded(.down)), Int64(value.rounded(.up)))
        }
        switch comparison {
        case .equal: return low...high
        case .greater, .greaterOrEqual:
            guard comparison == .greater, low == high else { return low ... .max }
            return low == .max ? nil : low + 1 ... .max
        case .less, .lessOrEqual:
            guard comparison == .less, low == high else { return .min...high }
            return high == .min ? nil : .min...high - 1
        case .like, .glob: return .min ... .max
        }
    }

    private mutating func restrict(_ comparison: TableQuestion.Comparison, text values: [SQLValue]) {
        guard let value = values.first else { return }
        switch value {
        case .text(let text): limit(\.arrivals, TimeText.range(comparison, text))
        case .null: isImpossible = true
        case .integer, .real, .blob: break
        }
    }

    private mutating func restrictSessions(_ values: [SQLValue]) {
        var wanted: Set<Int64> = []
        for value in values {
            switch value {
            case .integer(let id): wanted.insert(id)
            case .null: continue
            case .real, .text, .blob: return
            }
        }
        sessions = sessions.map { $0.intersection(wanted) } ?? wanted
        if sessions?.isEmpty ?? false { isImpossible = true }
    }

    private mutating func restrict<Element: Hashable>(
        _ set: WritableKeyPath<Self, Set<Element>?>, _ values: [SQLValue], _ make: (String) -> Element
    ) {
        guard let texts = texts(values) else { return }
        let wanted = Set(texts.map(make))
        let common = self[keyPath: set].map { $0.intersection(wanted) } ?? wanted
        self[keyPath: set] = common
        if common.isEmpty { isImpossible = true }
    }

    private mutating func restrictMetrics(_ comparison: TableQuestion.Comparison, _ values: [SQLValue]) {
        switch comparison {
        case .equal: restrict(\.metrics, values) { Array($0.utf8) }
        case .glob, .like:
            switch values.first {
            case .text(let pattern): metricPatterns.append(TextPattern(pattern, isGlob: comparison == .glob))
            case .null: isImpossible = true
            case .integer, .real, .blob, nil: break
            }
        case .greater, .greaterOrEqual, .less, .lessOrEqual: break
        }
    }

    /// The texts among values; nil where a value may equal texts in a way that only SQLite knows.
    private func texts(_ values: [SQLValue]) -> [String]? {
        var texts: [String] = []
        for value in values {
            switch value {
            case .text(let text): texts.append(text)
            case .null, .blob: continue
            case .integer, .real: return nil
            }
        }
        return texts
    }
}
