import DeviceProtocol
import MQTTWire

/// Gives the wanted messages of one segment in order of arrival.
final class SegmentPlayer {
    struct Topic {
        var name: String
        var match: Selection.TopicMatch
    }

    let firstSequence: Int64
    private let rows: SegmentRows
    private let packetIDs: [Int64]
    private let topics: [Topic]
    private let layout: SegmentLayout
    private let clocks: [Int64: (session: Int64, offset: Int64)]
    private var position = 0
    private var clock = 0
    /// The properties of the last message; a device repeats its own in each message.
    private var properties = PublishProperties()
    private var text: [UInt8] = []
    private var lastSize = 256

    init(
        _ segment: SegmentReader, first: Int64, topics: [Topic], concerns: [Bool], window: Range<Int64>,
        clocks: [Int64: (session: Int64, offset: Int64)]
    ) throws(SegmentDamage) {
        firstSequence = first
        layout = segment.layout
        self.topics = topics
        self.clocks = clocks
        rows = try SegmentRows(segment, window: window) { topic, group in
            switch topics[topic].match {
            case .yes: true
            case .perhaps: concerns[group]
            case .no: false
            }
        }
        packetIDs = rows.rows.isEmpty ? [] : try segment.packetIDs()
    }

    /// Messages that were not read yet.
    var remaining: Int { rows.rows.count - position }

    /// The next message; nil at the end.
    ///
    /// - Throws: ``SegmentDamage`` where it makes no sense.
    func next() throws(SegmentDamage) -> RecordedMessage? {
        guard position < rows.rows.count else { return nil }
        let row = rows.rows[position]
        position += 1
        let content = rows.contents[row.group]
        let flags = MessageFlags(rawValue: UInt8(truncatingIfNeeded: content.flags[row.row]))
        guard let qos = QualityOfService(rawValue: flags.rawValue & MessageFlags.qosMask),
            packetIDs.indices.contains(row.rank)
        else { throw SegmentDamage("a message that makes no sense") }
        let sequence = firstSequence &+ Int64(row.rank)
        while clock + 1 < layout.clocks.count, layout.clocks[clock + 1].first <= row.rank { clock += 1 }
        let stamped = clocks[layout.clocks[clock].number] ?? (0, 0)
        var payload: [UInt8] = []
        payload.reserveCapacity(lastSize)
        content.appendPayload(row.row, to: &payload)
        lastSize = payload.count + 16
        return RecordedMessage(
            sequence: sequence, session: stamped.session, arrival: Timestamp(nanoseconds: row.arrival),
            monotonic: row.arrival &- stamped.offset, topic: topics[row.topic].name, payload: payload, qos: qos,
            retain: flags.has(MessageFlags.retain), dup: flags.has(MessageFlags.dup),
            packetID: flags.has(MessageFlags.packetID) ? UInt16(truncatingIfNeeded: packetIDs[row.rank]) : nil,
            duplicateOf: flags.has(MessageFlags.duplicateOf) ? sequence &- content.duplicates[row.row] : nil,
            redactions: flags.has(MessageFlags.redacted) ? Int(content.redactions[row.row]) : 0,
            properties: try properties(content, row.row))
    }

    private func properties(_ content: GroupContent, _ row: Int) throws(SegmentDamage) -> PublishProperties {
        text.removeAll(keepingCapacity: true)
        content.appendProperties(row, to: &text)
        if text.span.equals(properties.bytes.span) { return properties }
        do {
            properties = try PublishProperties(validating: Array(text))
        } catch {
            throw SegmentDamage(error.description)
        }
        return properties
    }
}
