import DeviceProtocol
import Tape

/// Gives the units of `messages`, part of the tape by part, without restoring messages.
final class MessageLoader {
    private let source: TapeSource
    private let tape: OpenTape
    private let scan: FieldScan
    private let filter: ScanFilter
    private let needs: ScanUnit.Needs

    init(_ source: TapeSource, _ tape: OpenTape, _ filter: ScanFilter, _ plan: ScanPlan) throws(TapeError) {
        self.source = source
        self.tape = tape
        self.filter = filter
        var selection = filter.selection
        selection.devices = filter.devices ?? []
        scan = try tape.reader.fields(selection, after: filter.firstSequence - 1)
        var needs = ScanUnit.Needs()
        needs.sequences = plan.reads("seq") || filter.sequences != Int64.min...Int64.max
        needs.sessions = plan.reads("session") || filter.sessions != nil
        needs.arrivals = plan.reads(anyOf: "time", "time_ns") || filter.arrivals != Int64.min...Int64.max
        needs.order = plan.order == .arrival
        self.needs = needs
    }

    /// The units of the next part; nil at the end.
    func load() throws -> [ScanUnit]? {
        try source.checkStop()
        guard let part = try scan.next(where: { [filter] in filter.wants(topic: $0) }) else {
            try source.note(scan.damages)
            return nil
        }
        switch part {
        case .messages(let messages):
            if filter.isBehind(messages.first?.sequence) { return nil }
            return [ScanUnit(messages, needs)]
        case .segment(let segment):
            if filter.isBehind(segment.firstSequence) { return nil }
            do throws(FieldDamage) {
                return try load(segment)
            } catch {
                scan.note(error, in: segment)
                try source.note(scan.damages)
                return []
            }
        }
    }

    private func load(_ segment: FieldSegment) throws(FieldDamage) -> [ScanUnit] {
        var topics = [(DeviceTopic)?](repeating: nil, count: segment.topicCount)
        var units: [ScanUnit] = []
        for group in segment.groups {
            var runs: [ScanUnit.Run] = []
            for run in group.runs where run.isWanted {
                let topic = topics[run.topicNumber] ?? DeviceTopic.parse(run.topic)
                topics[run.topicNumber] = topic
                runs.append(ScanUnit.Run(rows: run.rows, topic: run.topic, device: topic.device, kind: topic.kind))
            }
            units.append(try ScanUnit(group, segment, runs: runs, needs, isWhole: false))
        }
        return units
    }
}
