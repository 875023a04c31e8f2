import DeviceProtocol
import Tape

/// Gives the units of `samples`, part of the tape by part.
final class SampleLoader {
    private let parts: ScanParts
    private let filter: ScanFilter
    private let plan: ScanPlan
    private let needs: ScanUnit.Needs
    /// The samples of the units that were given last; nil for whole messages.
    private(set) var units: [SampleUnit?] = []

    init(_ source: TapeSource, _ tape: OpenTape, _ filter: ScanFilter, _ plan: ScanPlan) throws(TapeError) {
        self.filter = filter
        self.plan = plan
        var selection = filter.selection
        selection.kinds = [.telemetry]
        parts = try ScanParts(source, tape, filter, selection)
        needs = ScanUnit.Needs(plan, filter, leavesOutDuplicates: true)
    }

    /// The units of the next part; nil at the end.
    func load() throws -> [ScanUnit]? {
        if !plan.isGrouped { units = [] }
        return try parts.next { [filter] in
            Self.mayTell($0, filter)
        } messages: { messages in
            let unit = ScanUnit(messages, needs)
            if plan.isGrouped { divide(unit) }
            units.append(nil)
            return [unit]
        } segment: { segment throws(FieldDamage) in
            try load(segment)
        }
    }

    private static func mayTell(_ shape: PayloadShape, _ filter: ScanFilter) -> Bool {
        guard let shape = SampleShape(shape, wants: { filter.wants(metric: $0) }) else { return true }
        return !shape.isEmpty || filter.wantsAllMetrics
    }

    private func load(_ segment: FieldSegment) throws(FieldDamage) -> [ScanUnit] {
        var loaded: [ScanUnit] = []
        var own: [SampleUnit?] = []
        for group in segment.groups {
            guard let shape = SampleShape(group.shape, wants: { filter.wants(metric: $0) }) else {
                let unit = try whole(group, segment)
                if plan.isGrouped { divide(unit) }
                loaded.append(unit)
                own.append(nil)
                continue
            }
            if shape.isEmpty, !filter.wantsAllMetrics { continue }
            guard let (wanted, runs) = try runs(of: group, shape, segment) else { continue }
            let unit = try SampleUnit(shape, wanted, segment, plan, all: filter.wantsAllMetrics)
            loaded.append(try ScanUnit(wanted, segment, runs: runs, needs, isWhole: false))
            own.append(unit)
        }
        units += own
        return loaded
    }

    /// The runs that are about wanted devices, those that name other devices than their topic's divided.
    private func runs(
        of group: FieldSegment.Group, _ shape: SampleShape, _ segment: FieldSegment
    ) throws(FieldDamage) -> (FieldSegment.Group, [ScanUnit.Run])? {
        var wanted = group
        var runs: [ScanUnit.Run] = []
        let column: FieldColumn?
        if let slot = shape.device { column = try segment.column(slot, of: group) } else { column = nil }
        for index in group.runs.indices where group.runs[index].isWanted {
            let run = group.runs[index]
            let device = DeviceTopic.parse(run.topic).device
            var isWanted = false
            let divided = column.map { Self.divide(run.rows, device, $0) } ?? [(run.rows, device)]
            for (rows, device) in divided where filter.wants(device: device) {
                isWanted = true
                runs.append(ScanUnit.Run(rows: rows, topic: run.topic, device: device, kind: .telemetry))
            }
            wanted.runs[index].isWanted = isWanted
        }
        return runs.isEmpty ? nil : (wanted, runs)
    }

    private static func divide(
        _ rows: Range<Int>, _ device: DeviceID?, _ column: FieldColumn
    ) -> [(Range<Int>, DeviceID?)] {
        var found: [(Range<Int>, DeviceID?)] = []
        var last: [UInt8] = []
        var literal: [UInt8] = []
        var start = rows.lowerBound
        var current = device
        for row in rows {
            literal.removeAll(keepingCapacity: true)
            column.append(row, to: &literal)
            if row > rows.lowerBound, literal == last { continue }
            let named = column.textOrNumber(row).flatMap { $0.isEmpty ? nil : DeviceID($0) } ?? device
            if row > start, named != current {
                found.append((start..<row, current))
                start = row
            }
            current = named
            swap(&last, &literal)
        }
        if start < rows.upperBound { found.append((start..<rows.upperBound, current)) }
        return found
    }

    // MARK: Whole messages

    private func whole(
        _ group: FieldSegment.Group, _ segment: FieldSegment
    ) throws(FieldDamage) -> ScanUnit {
        let runs = group.runs.filter(\.isWanted).map {
            ScanUnit.Run(rows: $0.rows, topic: $0.topic, device: nil, kind: .telemetry)
        }
        return try ScanUnit(group, segment, runs: runs, needs, isWhole: true)
    }

    /// Divides the runs by message and by each device that a message is about.
    private func divide(_ unit: ScanUnit) {
        unit.runs = unit.runs.flatMap { run in
            run.rows.flatMap { row -> [ScanUnit.Run] in
                guard let message = unit.message(row) else { return [] }
                let devices = Set(Sample.samples(of: message).map(\.device))
                return devices.filter { filter.wants(device: $0) }.map { device in
                    ScanUnit.Run(rows: row..<row + 1, topic: run.topic, device: device, kind: run.kind)
                }
            }
        }
    }
}
