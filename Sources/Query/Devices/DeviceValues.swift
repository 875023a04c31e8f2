import DeviceProtocol
import Tape

/// What the messages of a group say of their devices, by columns.
struct DeviceValues {
    private let moments: FieldMoments
    private let retained: [Bool]?
    private let isTelemetry: Bool
    private let timestamp: FieldColumn?
    private let status: FieldColumn?
    private let statusMetric: FieldColumn?
    private let firmware: [FieldColumn]
    private let model: [FieldColumn]

    /// - Throws: ``FieldDamage`` where columns cannot be restored.
    init(_ group: FieldSegment.Group, _ segment: FieldSegment, _ columns: DeviceColumns) throws(FieldDamage) {
        func column(_ slot: Int?) throws(FieldDamage) -> FieldColumn? {
            guard let slot else { return nil }
            return try segment.column(slot, of: group)
        }
        func all(_ slots: [Int]) throws(FieldDamage) -> [FieldColumn] {
            var found: [FieldColumn] = []
            for slot in slots { found.append(try segment.column(slot, of: group)) }
            return found
        }
        moments = try segment.moments(of: group)
        isTelemetry = group.shape.kind == .telemetry
        retained = isTelemetry ? try segment.retained(of: group) : nil
        timestamp = try column(columns.timestamp)
        status = try column(columns.status)
        statusMetric = try column(columns.statusMetric)
        firmware = try all(columns.firmware)
        model = try all(columns.model)
    }

    /// Says what the newest messages of a run say, as far as it is needed.
    func tell(_ words: inout RecentDevice.Words, _ run: FieldSegment.Run, _ needs: RecentDevice.Needs) {
        if needs.status, status != nil || statusMetric != nil {
            find(run, { status?.string($0) ?? statusMetric?.textOrNumber($0) }, { words.takeStatus($0, $1) })
        }
        if needs.firmware, !firmware.isEmpty {
            find(run, { first(firmware, $0) }, { words.takeFirmware($0, $1) })
        }
        if needs.model, !model.isEmpty { find(run, { first(model, $0) }, { words.takeModel($0, $1) }) }
        guard isTelemetry else { return }
        words.telemetry += Int64(run.rows.count)
        guard needs.samples else { return }
        for row in run.rows.suffix(DeviceSamples.capacity) { words.take(sample(row), moments.order(row)) }
    }

    /// Walks back to the newest row with a value.
    private func find(
        _ run: FieldSegment.Run, _ value: (Int) -> String?, _ take: (String, Int64) -> Void
    ) {
        for row in run.rows.reversed() {
            guard let text = value(row) else { continue }
            return take(text, moments.order(row))
        }
    }

    private func first(_ columns: [FieldColumn], _ row: Int) -> String? {
        for column in columns {
            if let text = column.textOrNumber(row) { return text }
        }
        return nil
    }

    private func sample(_ row: Int) -> DeviceSamples.Sample {
        DeviceSamples.Sample(
            arrival: moments.arrivals[row], monotonic: moments.monotonic(row), time: time(row),
            session: Int32(truncatingIfNeeded: moments.session(row)))
    }

    private func time(_ row: Int) -> Int64 {
        guard let timestamp, !(retained?[row] ?? false) else { return DeviceSamples.Sample.noTime }
        if let time = timestamp.utc(row), DeviceTime.isSound(time) { return time.nanoseconds }
        let stated = timestamp.time(row)
        guard stated.isSound, let time = stated.timestamp else { return DeviceSamples.Sample.noTime }
        return time.nanoseconds
    }
}
