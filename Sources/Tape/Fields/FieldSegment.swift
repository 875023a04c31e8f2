import DeviceProtocol
import MQTTWire

/// The wanted messages of one sealed segment, by shape and column, nothing restored that is not asked for.
public final class FieldSegment {
    /// Messages of one topic that lie side by side, in order of arrival.
    public struct Run: Sendable {
        /// The topic name.
        public var topic: String
        /// Rows of the group.
        public var rows: Range<Int>
        /// Whether the selection wants the topic.
        public var isWanted: Bool
    }

    /// Messages of one shape.
    public struct Group {
        /// What their payloads look like.
        public var shape: PayloadShape
        /// All runs of the group, also those of topics that are not wanted.
        public var runs: [Run]
        /// Messages of all runs.
        public var count: Int
        fileprivate var index: Int
    }

    /// The groups that have a wanted run.
    public private(set) var groups: [Group] = []
    /// The number of the segment's first message.
    public let firstSequence: Int64
    private let segment: SegmentReader

    init(
        _ segment: SegmentReader, first: Int64, shapes: ShapeCache, wants: (String) -> Bool
    ) throws(SegmentDamage) {
        self.segment = segment
        firstSequence = first
        var topics: [(name: String, isWanted: Bool)] = []
        for index in segment.layout.topics.indices {
            let name = try segment.topic(index)
            topics.append((name, wants(name)))
        }
        for (index, group) in segment.layout.groups.enumerated() {
            guard group.runs.contains(where: { topics[$0.topic].isWanted }) else { continue }
            var start = 0
            let runs = group.runs.map { run in
                defer { start += run.count }
                return Run(
                    topic: topics[run.topic].name, rows: start..<start + run.count, isWanted: topics[run.topic].isWanted
                )
            }
            groups.append(
                Group(
                    shape: shapes.shape(group.template, segment.template(ofGroup: index)), runs: runs,
                    count: group.count, index: index))
        }
    }

    /// The values of a slot.
    ///
    /// - Parameters:
    ///   - slot: which, by its place in ``PayloadShape/slots``.
    ///   - group: the group.
    /// - Returns: the values of the wanted runs; those of other runs are not to be asked for.
    /// - Throws: ``TapeError/damaged(path:part:reason:)``-like ``FieldDamage`` where they cannot be restored.
    public func column(_ slot: Int, of group: Group) throws(FieldDamage) -> FieldColumn {
        let template = segment.template(ofGroup: group.index)
        var separator: [UInt8] = []
        if case .list(let bytes) = template.payload.slots[slot] { separator = bytes }
        let wanted = group.runs.contains { !$0.isWanted } ? group.runs.map(\.isWanted) : nil
        do {
            return FieldColumn(
                try segment.column(template.properties.slots.count + slot, ofGroup: group.index, wanted: wanted),
                separator: separator)
        } catch {
            throw FieldDamage(reason: error.reason)
        }
    }

    /// The times of arrival of a group, ns since the Unix epoch, row by row.
    ///
    /// - Throws: ``FieldDamage`` where they cannot be restored.
    public func arrivals(of group: Group) throws(FieldDamage) -> [Int64] {
        do { return try segment.arrivals(ofGroup: group.index) } catch { throw FieldDamage(reason: error.reason) }
    }

    /// For each row of a group whether it is a redelivery of another message on the tape; nil where none is.
    ///
    /// - Throws: ``FieldDamage`` where that cannot be restored.
    public func duplicates(of group: Group) throws(FieldDamage) -> [Bool]? {
        do {
            guard let distances = try segment.duplicateDistances(ofGroup: group.index) else { return nil }
            return distances.map { $0 != 0 }
        } catch {
            throw FieldDamage(reason: error.reason)
        }
    }

    /// The messages of a group, whole, in the order of its rows; for shapes that no column tells about.
    ///
    /// Sequence, session and monotonic time are left 0: they are not known without the rest of the segment.
    ///
    /// - Throws: ``FieldDamage`` where they cannot be restored.
    public func messages(of group: Group) throws(FieldDamage) -> [RecordedMessage] {
        do {
            let arrivals = try segment.arrivals(ofGroup: group.index)
            let content = try segment.content(
                ofGroup: group.index, wanted: group.runs.contains { !$0.isWanted } ? group.runs.map(\.isWanted) : nil)
            var messages: [RecordedMessage] = []
            for run in group.runs where run.isWanted {
                for row in run.rows {
                    let flags = MessageFlags(rawValue: UInt8(truncatingIfNeeded: content.flags[row]))
                    var properties: [UInt8] = []
                    content.appendProperties(row, to: &properties)
                    var payload: [UInt8] = []
                    content.appendPayload(row, to: &payload)
                    messages.append(
                        RecordedMessage(
                            sequence: 0, session: 0, arrival: Timestamp(nanoseconds: arrivals[row]), monotonic: 0,
                            topic: run.topic, payload: payload,
                            qos: QualityOfService(rawValue: flags.rawValue & MessageFlags.qosMask) ?? .atMostOnce,
                            retain: flags.has(MessageFlags.retain), dup: flags.has(MessageFlags.dup),
                            duplicateOf: content.duplicates[row] != 0 ? 0 : nil,
                            properties: (try? PublishProperties(validating: properties)) ?? PublishProperties()))
                }
            }
            return messages
        } catch {
            throw FieldDamage(reason: error.reason)
        }
    }
}

/// Why columns of a segment cannot be read.
public struct FieldDamage: Error, Hashable, Sendable {
    /// For a person.
    public var reason: String
}

/// Shapes of templates that were met before.
final class ShapeCache {
    private var shapes: [Int64: PayloadShape] = [:]

    func shape(_ literal: Literal, _ template: Template) -> PayloadShape {
        guard let number = literal.number else { return PayloadShape(template) }
        if let known = shapes[number] { return known }
        let shape = PayloadShape(template)
        if shapes.count > 4_096 { shapes.removeAll() }
        shapes[number] = shape
        return shape
    }
}
