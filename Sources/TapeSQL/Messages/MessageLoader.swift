import DeviceProtocol
import Tape

/// Gives the units of `messages`, part of the tape by part, without restoring messages.
final class MessageLoader {
    private let parts: ScanParts
    private let needs: ScanUnit.Needs

    init(_ source: TapeSource, _ tape: OpenTape, _ filter: ScanFilter, _ plan: ScanPlan) throws(TapeError) {
        var selection = filter.selection
        selection.devices = filter.devices ?? []
        parts = try ScanParts(source, tape, filter, selection)
        needs = ScanUnit.Needs(plan, filter)
    }

    /// The units of the next part; nil at the end.
    func load() throws -> [ScanUnit]? {
        try parts.next {
            [ScanUnit($0, needs)]
        } segment: { segment throws(FieldDamage) in
            try units(of: segment)
        }
    }

    private func units(of segment: FieldSegment) throws(FieldDamage) -> [ScanUnit] {
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
