import DeviceProtocol
import JSONScan
import Tape

/// What the messages of a group say of the state of their devices, by columns.
struct StateValues {
    let moments: FieldMoments
    /// Rows that are redeliveries.
    let repeats: [Bool]?
    private let metrics: [(name: Int, column: FieldColumn, isList: Bool)]
    private let replaces: FieldColumn?
    private let words: [(fact: StateFact, columns: [(column: FieldColumn, takesNumbers: Bool)])]

    /// - Throws: ``FieldDamage`` where columns cannot be restored.
    init(
        _ group: FieldSegment.Group, _ segment: FieldSegment, _ columns: StateColumns
    ) throws(FieldDamage) {
        moments = try segment.moments(of: group)
        repeats = try segment.duplicates(of: group)
        var metrics: [(name: Int, column: FieldColumn, isList: Bool)] = []
        var bySlot: [Int: FieldColumn] = [:]
        for metric in columns.metrics {
            guard let slot = metric.slot else { continue }
            let column = try segment.column(slot, of: group)
            bySlot[slot] = column
            metrics.append((metric.name, column, group.shape.slots[slot].isList))
        }
        self.metrics = metrics
        if let slot = columns.replaces { replaces = try segment.column(slot, of: group) } else { replaces = nil }
        var words: [(fact: StateFact, columns: [(column: FieldColumn, takesNumbers: Bool)])] = []
        for (fact, slots) in columns.words {
            var found: [(column: FieldColumn, takesNumbers: Bool)] = []
            for slot in slots {
                let column = if let known = bySlot[slot] { known } else { try segment.column(slot, of: group) }
                found.append((column, columns.takesNumbers(slot)))
            }
            words.append((fact, found))
        }
        self.words = words
    }

    /// Says what the rows of one device say, as far as it is not known.
    ///
    /// Each row has every metric of the shape, so that the last row has the values that hold.
    func tell(_ said: inout StateWords, _ rows: ArraySlice<Int>, _ known: DeviceState) {
        guard let last = rows.last else { return }
        let order = moments.order(last)
        let arrival = Timestamp(nanoseconds: moments.arrivals[last])
        said.hear(order, arrival, isTelemetry: true)
        for (fact, columns) in words where !known.knows(fact) { find(fact, columns, rows, &said) }
        if known.isSettled { return }
        if let replaces, let row = lastReplacement(replaces, rows) { said.replace(at: moments.order(row)) }
        for (name, column, isList) in metrics where !known.knows(name) && said.wants(name, at: order) {
            said.set(name, Self.value(column, last, isList: isList), order, arrival)
        }
    }

    private func find(
        _ fact: StateFact, _ columns: [(column: FieldColumn, takesNumbers: Bool)], _ rows: ArraySlice<Int>,
        _ said: inout StateWords
    ) {
        for row in rows.reversed() {
            for (column, takesNumbers) in columns {
                guard let text = takesNumbers ? column.textOrNumber(row) : column.string(row) else { continue }
                return said.say(fact, text, moments.order(row), Timestamp(nanoseconds: moments.arrivals[row]))
            }
        }
    }

    private func lastReplacement(_ column: FieldColumn, _ rows: ArraySlice<Int>) -> Int? {
        var seen: Int?
        for row in rows.reversed() {
            if let seen, column.isSame(seen, as: row) { continue }
            seen = row
            var text: [UInt8] = []
            column.append(row, to: &text)
            if text.elementsEqual("true".utf8) { return row }
        }
        return nil
    }

    private static func value(_ column: FieldColumn, _ row: Int, isList: Bool) -> JSONValue {
        var text: [UInt8] = []
        if isList { text.append(UInt8(ascii: "[")) }
        column.append(row, to: &text)
        if isList { text.append(UInt8(ascii: "]")) }
        // What stands on a tape as a value of JSON is JSON.
        return (try? JSONValue.parse(text)) ?? .string(String(decoding: text, as: UTF8.self))
    }
}
