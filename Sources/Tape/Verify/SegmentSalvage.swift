import DeviceProtocol
import MQTTWire

/// What can still be read of a damaged segment.
///
/// Messages of one shape form a group with columns of their own; a broken column costs its group, not the segment.
struct SegmentSalvage {
    /// In order of arrival; the number is 0 where it cannot be told.
    private(set) var messages: [RecordedMessage] = []
    /// What could not be read, where anything was.
    private(set) var reason: String?
    /// Messages that the segment had.
    let count: Int

    private let segment: SegmentReader
    private let clocks: [Int64: (session: Int64, offset: Int64)]
    private let first: Int64

    /// Reads what can be read.
    ///
    /// - Throws: ``SegmentDamage`` where nothing can.
    init(
        _ segment: SegmentReader, first: Int64, clocks: [Int64: (session: Int64, offset: Int64)]
    ) throws(SegmentDamage) {
        self.segment = segment
        self.clocks = clocks
        self.first = first
        count = segment.layout.count
        do {
            try readWhole()
        } catch {
            reason = error.reason
            messages.removeAll()
            try readGroups()
        }
    }

    private mutating func readWhole() throws(SegmentDamage) {
        var topics: [SegmentPlayer.Topic] = []
        for index in segment.layout.topics.indices {
            topics.append(SegmentPlayer.Topic(name: try segment.topic(index), match: .yes))
        }
        let player = try SegmentPlayer(
            segment, first: first, topics: topics, concerns: segment.layout.groups.map { _ in false },
            window: .min ..< .max,
            clocks: clocks)
        while let message = try player.next() { messages.append(message) }
    }

    // MARK: Group by group

    private mutating func readGroups() throws(SegmentDamage) {
        let layout = segment.layout
        var arrivals: [[Int64]?] = []
        for group in layout.groups.indices { arrivals.append(try? segment.arrivals(ofGroup: group)) }
        let ranks = ranks(arrivals)
        // Under which clock a message was stamped is told by its place alone.
        guard layout.clocks.count == 1 || !ranks.contains(where: { $0 == nil }) else {
            throw SegmentDamage(reason ?? "its order is lost")
        }
        let packetIDs = try? segment.packetIDs()
        for group in layout.groups.indices {
            guard let arrivals = arrivals[group], let content = try? segment.content(ofGroup: group) else { continue }
            append(group, arrivals, ranks[group], content, packetIDs)
        }
        messages.sort { ($0.arrival, $0.sequence) < ($1.arrival, $1.sequence) }
        if !ranks.contains(where: { $0 == nil }) { messages.sort { $0.sequence < $1.sequence } }
    }

    /// The places of each group's messages in the order of arrival; nil where they cannot be told.
    private func ranks(_ arrivals: [[Int64]?]) -> [[Int]?] {
        let groups = segment.layout.groups
        if groups.contains(where: { $0.ranks != nil }) {
            return groups.indices.map { group in
                guard let ranks = try? segment.ranks(ofGroup: group), ranks.allSatisfy({ 0..<Int64(count) ~= $0 })
                else {
                    return nil
                }
                return ranks.map(Int.init)
            }
        }
        let all = arrivals.flatMap { $0 ?? [] }
        guard all.count == count else { return arrivals.map { _ in nil } }
        var places = [Int](repeating: 0, count: count)
        for (rank, position) in RowOrder.ascending(all).enumerated() { places[Int(position)] = rank }
        var start = 0
        return groups.map { group in
            defer { start += group.count }
            return Array(places[start..<start + group.count])
        }
    }

    private mutating func append(
        _ group: Int, _ arrivals: [Int64], _ ranks: [Int]?, _ content: GroupContent, _ packetIDs: [Int64]?
    ) {
        var row = 0
        for run in segment.layout.groups[group].runs {
            defer { row += run.count }
            guard let topic = try? segment.topic(run.topic) else { continue }
            for index in row..<row + run.count {
                let rank = ranks?[index]
                if let message = message(topic, arrivals[index], rank, content, index, packetIDs) {
                    messages.append(message)
                }
            }
        }
    }

    private func message(
        _ topic: String, _ arrival: Int64, _ rank: Int?, _ content: GroupContent, _ row: Int, _ packetIDs: [Int64]?
    ) -> RecordedMessage? {
        let flags = MessageFlags(rawValue: UInt8(truncatingIfNeeded: content.flags[row]))
        guard let qos = QualityOfService(rawValue: flags.rawValue & MessageFlags.qosMask) else { return nil }
        var text: [UInt8] = []
        content.appendProperties(row, to: &text)
        guard let properties = try? PublishProperties(validating: text) else { return nil }
        var payload: [UInt8] = []
        content.appendPayload(row, to: &payload)
        let clock = segment.layout.clocks.last { $0.first <= rank ?? 0 }?.number
        let stamped = clock.flatMap { clocks[$0] } ?? (0, 0)
        let sequence = rank.map { first &+ Int64($0) } ?? 0
        let packetID = rank.flatMap { rank in packetIDs.flatMap { $0.indices.contains(rank) ? $0[rank] : nil } }
        return RecordedMessage(
            sequence: sequence, session: stamped.session, arrival: Timestamp(nanoseconds: arrival),
            monotonic: arrival &- stamped.offset, topic: topic, payload: payload, qos: qos,
            retain: flags.has(MessageFlags.retain), dup: flags.has(MessageFlags.dup),
            packetID: flags.has(MessageFlags.packetID) ? packetID.map { UInt16(truncatingIfNeeded: $0) } : nil,
            // Without its own number it cannot be said which message it repeats; it still says that it is a repeat.
            duplicateOf: flags.has(MessageFlags.duplicateOf)
                ? (sequence > 0 ? sequence &- content.duplicates[row] : 0) : nil,
            redactions: flags.has(MessageFlags.redacted) ? Int(content.redactions[row]) : 0, properties: properties)
    }
}
