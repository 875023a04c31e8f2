import DeviceProtocol
import Tape

/// Sorts the messages of one shape into classes that have the same findings, by their columns.
///
/// Findings depend on the shape, on the type of each value, and of a few fields on more: so that one message of each class
/// tells for all of them. A message whose class is ``odd`` must be looked at itself.
struct FindingClasses {
    /// Stands for a message that must be looked at itself.
    static let odd = UInt64.max

    /// What is special about a slot.
    private enum Role {
        /// Only the type of the value matters.
        case plain
        /// A metric, whose numbers have a range.
        case metric
        /// Each text is a class of its own.
        case word
        /// Its class matters, and whether it is plausible.
        case time
        /// Whether it is the device of the topic.
        case device
    }

    /// Words of one shape beyond which messages are looked at themselves.
    private static let wordLimit = 24
    /// A string with quotes that is surely within the limit of 1000 bytes.
    private static let longest = 1_002
    /// Slots beyond which a payload of short strings may be too large.
    private static let slotLimit = 100

    private var classes: [UInt64]
    private let shape: PayloadShape

    /// Nil where only whole messages tell.
    init?(_ group: FieldSegment.Group) {
        shape = group.shape
        classes = Array(repeating: 0xcbf2_9ce4_8422_2325, count: group.count)
        // Of a foreign topic the payload has no findings.
        guard shape.showsUserDevice else { return nil }
        if shape.kind == .unknown { return }
        guard let keys = shape.memberKeys, shape.slots.count <= Self.slotLimit else {
            return nil
        }
        if shape.kind == .telemetry {
            let known: Set<String> = ["status", "timestamp", "message", "device_id", "override"]
            guard keys.contains("telemetries") || !keys.isEmpty && known.isSuperset(of: keys) else { return nil }
        }
    }

    /// The class of a row.
    subscript(row: Int) -> UInt64 { classes[row] }

    /// Reads the columns.
    ///
    /// - Throws: ``FieldDamage`` where they cannot be restored.
    mutating func read(
        _ group: FieldSegment.Group, _ segment: FieldSegment, _ topics: [DeviceID?]
    ) throws(FieldDamage) {
        if let column = try segment.userDevice(of: group) {
            mark(column, group, topics, isQuoted: false)
        }
        if shape.kind == .unknown { return }
        for (index, slot) in shape.slots.enumerated() {
            let column = try segment.column(index, of: group)
            switch role(slot) {
            case .device: mark(column, group, topics, isQuoted: true)
            case .plain where column.isConstant || column.isShortString || slot.isList && column.isConstant: continue
            case .metric where column.isPlainNumber || column.isShortString: continue
            case let role: mark(column, group, index, slot, role)
            }
        }
    }

    private func role(_ slot: PayloadShape.Slot) -> Role {
        guard let key = slot.path.last else { return .plain }
        if slot.path == ["device_id"] { return .device }
        if shape.kind == .telemetry, slot.path.count == 2, slot.path[0] == "telemetries" { return .metric }
        switch key {
        case "status", "state", "action": return .word
        case "timestamp", "last_updated", "local_time", "expires_at", "expired_at", "current_time", "created_at",
            "updated_at":
            return .time
        default: return .plain
        }
    }

    /// Messages that name another device than their topic are looked at themselves.
    private mutating func mark(
        _ column: FieldColumn, _ group: FieldSegment.Group, _ topics: [DeviceID?], isQuoted: Bool
    ) {
        var text: [UInt8] = []
        for (index, run) in group.runs.enumerated() where run.isWanted {
            var expected = Array((topics[index]?.text ?? "").utf8)
            if isQuoted { expected = [UInt8(ascii: "\"")] + expected + [UInt8(ascii: "\"")] }
            var last: Int?
            var isSame = false
            for row in run.rows {
                if let known = last, column.isSame(known, as: row) {
                    if !isSame { classes[row] = Self.odd }
                    continue
                }
                last = row
                text.removeAll(keepingCapacity: true)
                column.append(row, to: &text)
                isSame = text == expected && topics[index] != nil
                if !isSame { classes[row] = Self.odd }
            }
        }
    }

    private mutating func mark(
        _ column: FieldColumn, _ group: FieldSegment.Group, _ index: Int, _ slot: PayloadShape.Slot, _ role: Role
    ) {
        var words: [[UInt8]] = []
        var text: [UInt8] = []
        for run in group.runs where run.isWanted {
            var last: Int?
            var known: UInt64?
            for row in run.rows {
                if role == .metric, let value = column.double(row), value.magnitude <= Double(Int32.max) {
                    mix(row, index, 1)
                    continue
                }
                if role == .time, let time = column.utc(row), DeviceTime.isSound(time) {
                    mix(row, index, 2)
                    continue
                }
                if let last, column.isSame(last, as: row) {
                    mix(row, index, known)
                    continue
                }
                text.removeAll(keepingCapacity: true)
                column.append(row, to: &text)
                known = slot.isList ? listClass(text) : value(text, role, &words, column, row)
                last = row
                mix(row, index, known)
            }
        }
    }

    /// FNV-1a over slots and classes.
    private mutating func mix(_ row: Int, _ slot: Int, _ value: UInt64?) {
        guard classes[row] != Self.odd else { return }
        guard let value else {
            classes[row] = Self.odd
            return
        }
        var hash = (classes[row] ^ UInt64(truncatingIfNeeded: slot)) &* 0x100_0000_01b3
        hash = (hash ^ value) &* 0x100_0000_01b3
        classes[row] = hash == Self.odd ? 0 : hash
    }

    private func listClass(_ text: [UInt8]) -> UInt64? { text.count > Self.longest ? nil : 9 }

    /// The class of a value; nil for one that must be looked at.
    private func value(
        _ text: [UInt8], _ role: Role, _ words: inout [[UInt8]], _ column: FieldColumn, _ row: Int
    ) -> UInt64? {
        guard let first = text.first, text.count <= Self.longest else { return nil }
        switch first {
        case UInt8(ascii: "n"): return 3
        case UInt8(ascii: "t"): return 4
        case UInt8(ascii: "f"): return 5
        case UInt8(ascii: "\""):
            switch role {
            case .word: return word(text, &words)
            case .time: return time(column.time(row))
            case .plain, .metric, .device: return 6
            }
        default:
            switch role {
            case .plain, .word, .device: return number(text)
            case .time: return time(column.time(row))
            case .metric: return metric(text)
            }
        }
    }

    private func word(_ text: [UInt8], _ words: inout [[UInt8]]) -> UInt64? {
        if let known = words.firstIndex(of: text) { return 32 + UInt64(known) }
        guard words.count < Self.wordLimit else { return nil }
        words.append(text)
        return 32 + UInt64(words.count - 1)
    }

    /// Whether whole or not: some fields take whole numbers only.
    private func number(_ text: [UInt8]) -> UInt64? {
        guard text.count <= 18 else { return nil }
        let isWhole = text.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- UInt8(ascii: "0") < 10 }
        return isWhole ? 7 : 8
    }

    /// Whether it is within the range of metrics; nil for what only few metrics are.
    private func metric(_ text: [UInt8]) -> UInt64? {
        guard text.count <= 17 else { return nil }
        guard let whole = Int64(String(decoding: text, as: UTF8.self)) else {
            let hasExponent = text.contains { $0 | 0x20 == UInt8(ascii: "e") }
            return hasExponent ? nil : 1
        }
        if Int32(exactly: whole) != nil { return 1 }
        return whole.magnitude <= 1 << 53 ? 10 : nil
    }

    private func time(_ time: DeviceTime) -> UInt64 {
        let number: UInt64 =
            switch time.class {
            case .absent: 0
            case .invalid: 1
            case .naive: 2
            case .utc, .offset, .epochSeconds, .epochMilliseconds: 3
            }
        // A sound time in UTC has the class that the quick way gives it.
        if number == 3, time.isSound { return 2 }
        return 16 + number * 2 + (time.isSound ? 1 : 0)
    }
}
