import DeviceProtocol
import Tape

/// Goes through the rows of a tape part by part, in the order that the plan promises.
///
/// - Without a promise: group by group, as they lie in the segments.
/// - In order of arrival: the rows of each part are sorted; parts follow each other anyway.
/// - Grouped: all parts are opened, and their runs are visited in the order of what they have in common. That keeps the
///   needed columns of the whole tape in memory, so the plan promises it for small tapes only.
final class RowWalk {
    /// Rows of a unit that are visited one after the other.
    private struct Piece {
        var unit: Int
        var run: Int
        var rows: Range<Int>
    }

    private struct Place {
        var unit: Int32
        var run: Int32
        var row: Int
    }

    /// The unit, run and row where the walk stands; the unit is nil at the end.
    private(set) var unit: ScanUnit?
    private(set) var run = 0
    private(set) var row = 0
    /// The number of the unit among those that the walk has; what belongs to it can be kept beside it.
    private(set) var unitNumber = 0

    private let filter: ScanFilter
    private let looksAtEach: Bool
    private let order: ScanPlan.Order
    private let load: () throws -> [ScanUnit]?
    private var units: [ScanUnit] = []
    private var pieces: [Piece] = []
    private var places: [Place] = []
    private var next = 0
    private var end = 0

    /// - Parameters:
    ///   - filter: which rows are wanted.
    ///   - order: what was promised.
    ///   - load: gives the units of the next part; nil at the end.
    init(_ filter: ScanFilter, order: ScanPlan.Order, load: @escaping () throws -> [ScanUnit]?) {
        self.filter = filter
        looksAtEach = filter.looksAtEachMessage
        self.order = order
        self.load = load
    }

    /// Moves on to the next wanted row; false at the end.
    func advance() throws -> Bool {
        while true {
            row += 1
            if let unit {
                while row < end {
                    if unit.isWanted(row, filter, looksAtEach: looksAtEach) { return true }
                    row += 1
                }
            }
            guard try moveOn() else { return false }
        }
    }

    /// Moves on to the next rows that follow each other, and stands before them.
    private func moveOn() throws -> Bool {
        while true {
            if next < places.count {
                let place = places[next]
                next += 1
                stand(Int(place.unit), Int(place.run), place.row..<place.row + 1)
                return true
            }
            if next < pieces.count {
                let piece = pieces[next]
                next += 1
                stand(piece.unit, piece.run, piece.rows)
                return true
            }
            guard try loadPart() else {
                unit = nil
                return false
            }
        }
    }

    private func stand(_ unit: Int, _ run: Int, _ rows: Range<Int>) {
        self.unit = units[unit]
        unitNumber = unit
        self.run = run
        row = rows.lowerBound - 1
        end = rows.upperBound
    }

    private func loadPart() throws -> Bool {
        next = 0
        places = []
        switch order {
        case .none:
            // Runs of the part before are let go first.
            (units, pieces, unit) = ([], [], nil)
            guard let loaded = try load() else { return false }
            units = loaded
            pieces = Self.pieces(units)
        case .arrival:
            (units, pieces, unit) = ([], [], nil)
            guard let loaded = try load() else { return false }
            units = loaded
            sort()
        case .grouped(let column):
            guard units.isEmpty else {
                (units, pieces) = ([], [])
                return false
            }
            while let loaded = try load() { units += loaded }
            pieces = Self.pieces(units)
            group(by: column)
            if pieces.isEmpty { return false }
        }
        return true
    }

    private static func pieces(_ units: [ScanUnit]) -> [Piece] {
        var pieces: [Piece] = []
        for (number, unit) in units.enumerated() {
            for (run, content) in unit.runs.enumerated() {
                pieces.append(Piece(unit: number, run: run, rows: content.rows))
            }
        }
        return pieces
    }

    private func sort() {
        var found: [Place] = []
        var keys: [Int64] = []
        for (number, unit) in units.enumerated() {
            for (run, content) in unit.runs.enumerated() {
                for row in content.rows where unit.isWanted(row, filter, looksAtEach: looksAtEach) {
                    found.append(
                        Place(unit: Int32(truncatingIfNeeded: number), run: Int32(truncatingIfNeeded: run), row: row))
                    keys.append(unit.order(row))
                }
            }
        }
        places = ArrivalOrder.ascending(keys).map { found[Int($0)] }
    }

    private func group(by column: String) {
        let keys = pieces.map { piece -> [UInt8]? in
            let run = units[piece.unit].runs[piece.run]
            return column == "kind" ? Array(run.kind.rawValue.utf8) : run.device.map { Array($0.text.utf8) }
        }
        // NULL comes first, as SQLite has it.
        let order = pieces.indices.sorted { left, right in
            switch (keys[left], keys[right]) {
            case (nil, nil): left < right
            case (nil, _): true
            case (_, nil): false
            case (let first?, let second?):
                first == second ? left < right : first.lexicographicallyPrecedes(second)
            }
        }
        pieces = order.map { pieces[$0] }
    }
}
