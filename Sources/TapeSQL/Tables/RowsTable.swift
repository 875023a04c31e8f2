import DeviceProtocol
import SQLite
import Tape

/// A table whose rows are few enough to be made all at once, and kept as long as anybody reads them.
///
/// A new table is one more value of this type: its name, its columns, and where its rows come from.
struct RowsTable<Row: Sendable>: Sendable {
    /// A column and its value in a row.
    struct Column: Sendable {
        let scan: ScanColumn
        let value: @Sendable (Row) -> SQLValue

        init(
            _ name: String, _ type: String, _ comparing: ScanColumn.Comparing = .nothing,
            value: @escaping @Sendable (Row) -> SQLValue
        ) {
            scan = ScanColumn(name, type, comparing)
            self.value = value
        }
    }

    let name: String
    let columns: [Column]
    /// Makes the rows; parts of the tape that could not be read are noted.
    let rows: @Sendable (TapeReader, TapeSource) throws -> [Row]

    /// The names of the columns.
    var names: [String] { columns.map(\.scan.name) }
}

/// SQLite's side of a ``RowsTable``.
final class RowsVirtualTable<Row: Sendable>: VirtualTable {
    private let table: RowsTable<Row>
    private let source: TapeSource
    private let columns: [ScanColumn]
    let declaration: String

    init(_ table: RowsTable<Row>, _ source: TapeSource) {
        self.table = table
        self.source = source
        columns = table.columns.map(\.scan) + [.tape]
        declaration = ScanColumn.declaration(columns)
    }

    func plan(_ question: TableQuestion) -> String? {
        guard let planner = ScanPlanner(columns, question) else { return nil }
        let size = source.estimate(planner.namedTape)
        let isFixed = planner.isFixed("device")
        planner.estimate(cost: isFixed ? 2 : 1_000 + size.devices, rows: isFixed ? 1 : size.devices)
        return planner.plan.text
    }

    func open() -> VirtualCursor { RowsCursor(table, source) }
}

/// The rows of a table, with the places of those of each device.
private final class RowsAnswer<Row> {
    let rows: [Row]
    let byDevice: [DeviceID: [Int]]

    init(_ rows: [Row], device: ((Row) -> SQLValue)?) {
        self.rows = rows
        var byDevice: [DeviceID: [Int]] = [:]
        if let device {
            for (index, row) in rows.enumerated() {
                if case .text(let name) = device(row) { byDevice[DeviceID(name), default: []].append(index) }
            }
        }
        self.byDevice = byDevice
    }
}

/// Goes through the rows of a ``RowsTable``.
final class RowsCursor<Row: Sendable>: VirtualCursor {
    private let table: RowsTable<Row>
    private let source: TapeSource
    private var tape: OpenTape?
    private var answer: RowsAnswer<Row>?
    /// The rows to visit; nil for all.
    private var places: [Int]?
    private var place = 0
    /// The plan that was read last: a join begins anew for each row.
    private var plan = (text: "", plan: ScanPlan())
    /// The only device that was wanted last, whose rows ``places`` are.
    private var device: String?

    init(_ table: RowsTable<Row>, _ source: TapeSource) {
        self.table = table
        self.source = source
    }

    override func begin(_ plan: String, _ arguments: SQLArguments) throws {
        if self.plan.text != plan {
            self.plan = (plan, try ScanPlan.read(plan))
            device = nil
        }
        if let wanted = onlyDevice(arguments) {
            // Joined with samples it is mostly the same device again.
            if let device, answer != nil, device.utf8.elementsEqual(wanted.utf8) {
                place = 0
                return
            }
            device = wanted
        }
        let filter = try ScanFilter(self.plan.plan, arguments)
        let tape = try source.tape(filter.tape)
        self.tape = tape
        place = 0
        places = nil
        if let known = tape.answers[table.name] as? RowsAnswer<Row> {
            answer = known
        } else {
            try source.checkStop()
            let device = table.columns.first { $0.scan.name == "device" }?.value
            let made = RowsAnswer(try table.rows(tape.reader, source), device: device)
            tape.answers[table.name] = made
            answer = made
        }
        if let devices = filter.devices, filter.isImpossible == false {
            places = devices.flatMap { answer?.byDevice[$0] ?? [] }.sorted()
        } else if filter.isImpossible {
            places = []
        }
    }

    private func onlyDevice(_ arguments: SQLArguments) -> String? {
        guard plan.plan.conditions == [ScanPlan.Condition(column: "device", comparison: .equal)],
            case .text(let device) = arguments[0]
        else { return nil }
        return device
    }

    override var isAtEnd: Bool { place >= places?.count ?? answer?.rows.count ?? 0 }

    override var rowID: Int64 { Int64(place) }

    override func advance() { place += 1 }

    override func read(_ column: Int, into cell: ResultCell) {
        guard !isAtEnd, table.columns.indices.contains(column), let answer else { return }
        cell.set(table.columns[column].value(answer.rows[places?[place] ?? place]))
    }
}

extension SQLValue {
    /// NULL for nil.
    init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
    /// NULL for nil.
    init(_ value: Int64?) { self = value.map(SQLValue.integer) ?? .null }
    /// An instant as RFC 3339 text; NULL for nil.
    init(_ time: Timestamp?) { self.init(time?.rfc3339) }
    /// A length of time in another unit, NULL for nil.
    init(_ nanoseconds: Int64?, unit: Double) { self = nanoseconds.map { .real(Double($0) / unit) } ?? .null }
}
