import DeviceProtocol
import Tape

/// Commands, or updates of them, of one shape, by the columns of their group.
struct CommandColumns {
    private let isDelivery: Bool
    private let isEmpty: Bool
    private let id: FieldColumn?
    private let device: FieldColumn?
    private let message: FieldColumn?
    private let correlation: FieldColumn?
    private var status: RecurringValue<CommandStatus?>?
    private var name: RecurringValue<String?>?
    private var scratch: [UInt8] = []

    /// Nil where only whole messages tell what they say.
    ///
    /// - Throws: ``FieldDamage`` where columns cannot be restored.
    init?(_ group: FieldSegment.Group, _ segment: FieldSegment, readsTexts: Bool) throws(FieldDamage) {
        let shape = group.shape
        guard shape.kind == .command || shape.kind == .commandUpdate, shape.showsCorrelationData,
            let keys = shape.memberKeys, !shape.repeatsKeys
        else { return nil }
        isDelivery = shape.kind == .command
        isEmpty = keys.isEmpty
        // The cloud may answer with an error in the place of a command.
        if isDelivery, keys == ["error"] { return nil }
        // Both name the text; which counts depends on their order and values.
        if keys.contains("error"), keys.contains("message") { return nil }
        var columns: [String: FieldColumn] = [:]
        for key in Self.keys(isDelivery, readsTexts) where keys.contains(key) {
            // A member without a slot of its own holds an object or an array.
            guard let slot = shape.slot([key]), !shape.slots[slot].isList else { return nil }
            columns[key] = try segment.column(slot, of: group)
        }
        id = columns["id"]
        device = columns["device_id"]
        message = columns["message"] ?? columns["error"]
        correlation = try segment.correlationData(of: group)
        status = columns["status"].map { RecurringValue($0) }
        name = columns["name"].map { RecurringValue($0) }
    }

    private static func keys(_ isDelivery: Bool, _ readsTexts: Bool) -> [String] {
        let keys = ["id", "device_id", "status", "name"]
        return isDelivery || !readsTexts ? keys : keys + ["message", "error"]
    }

    /// Tells the tracker what the message of a row says.
    mutating func tell(_ tracker: inout CommandTracker, _ row: Int, _ sighting: CommandTracker.Sighting) {
        var correlationData: [UInt8]?
        if let correlation {
            var data: [UInt8] = []
            correlation.append(row, to: &data)
            correlationData = data
        }
        // An empty object says that there is no command.
        if isDelivery, isEmpty { return }
        var word = CommandTracker.Word()
        if let id {
            word.id = id.uuid(row, &scratch).map { .uuid($0) } ?? CommandID(unlessEmpty: id.textOrNumber(row))
        }
        word.device = device?.textOrNumber(row).flatMap { $0.isEmpty ? nil : DeviceID($0) }
        word.status = status?.value(row) { column, row in column.string(row).map { CommandStatus($0) } } ?? nil
        word.name = name?.value(row) { column, row in column.string(row) } ?? nil
        if isDelivery {
            tracker.deliver(word, correlation: correlationData, sighting)
        } else {
            word.message = message?.string(row)
            tracker.update(word, correlation: correlationData, sighting)
        }
    }
}

/// The values of a column whose texts recur, each made once.
struct RecurringValue<Value> {
    private let column: FieldColumn
    private var known: [(row: Int, value: Value)] = []
    /// Columns of more different texts gain nothing.
    private static var limit: Int { 16 }

    init(_ column: FieldColumn) {
        self.column = column
    }

    /// The value of a row, which `make` makes at first sight.
    mutating func value(_ row: Int, _ make: (FieldColumn, Int) -> Value) -> Value {
        for entry in known where column.isSame(entry.row, as: row) { return entry.value }
        let value = make(column, row)
        if known.count < Self.limit, column.isSame(row, as: row) { known.append((row, value)) }
        return value
    }
}
