import DeviceProtocol
import Tape

/// Which devices the payloads of a group name: mostly none, or the one of their topic.
struct NamedDevices {
    private let column: FieldColumn?
    /// Whether columns tell which; else only whole messages do.
    private let isKnown: Bool

    /// - Throws: ``FieldDamage`` where the column cannot be restored.
    init(_ group: FieldSegment.Group, _ segment: FieldSegment) throws(FieldDamage) {
        let shape = group.shape
        guard let keys = shape.memberKeys, !shape.repeatsKeys, !shape.mayHoldDevices else {
            isKnown = false
            column = nil
            return
        }
        let slot = shape.slot(["device_id"])
        isKnown = slot != nil || !keys.contains("device_id")
        column = isKnown ? try slot.map { slot throws(FieldDamage) in try segment.column(slot, of: group) } : nil
    }

    /// Whether all messages of a run are surely about one device.
    func names(only device: DeviceID, in run: FieldSegment.Run) -> Bool {
        guard isKnown else { return false }
        guard let column else { return true }
        var last: Int?
        for row in run.rows {
            if let last, column.isSame(last, as: row) { continue }
            last = row
            if let named = Self.device(column, row), named != device { return false }
        }
        return true
    }

    /// The rows by the device that they are about.
    ///
    /// - Parameters:
    ///   - rows: some rows of a run.
    ///   - own: the device of the run's topic, which is meant where the payload names none.
    ///   - run: the run.
    /// - Returns: each device with its rows, which stay in order.
    func devices(
        of rows: ArraySlice<Int>, _ own: DeviceID, in run: FieldSegment.Run
    ) -> [(DeviceID, ArraySlice<Int>)] {
        if rows.isEmpty { return [] }
        guard let column, !names(only: own, in: run) else { return [(own, rows)] }
        var found: [DeviceID: [Int]] = [:]
        for row in rows { found[Self.device(column, row) ?? own, default: []].append(row) }
        return found.map { ($0, $1[...]) }
    }

    private static func device(_ column: FieldColumn, _ row: Int) -> DeviceID? {
        column.textOrNumber(row).flatMap { $0.isEmpty ? nil : DeviceID($0) }
    }
}

extension PayloadShape {
    /// Whether payloads of this shape may be telemetry of several devices.
    ///
    /// https://dev.xyte.io/reference/send-child-telemetries
    fileprivate var mayHoldDevices: Bool {
        guard kind == .telemetry, let keys = memberKeys else { return false }
        return !keys.contains("telemetries") && !keys.contains { ["status", "timestamp", "override"].contains($0) }
    }
}
