import DeviceProtocol
import MQTTWire

/// The wanted messages of one sealed segment, by shape and column, nothing restored that is not asked for.
public final class FieldSegment {
    /// Messages of one topic that lie side by side, in order of arrival.
    public struct Run: Sendable {
        /// The topic name.
        public var topic: String
        /// A number of the topic within the segment, below ``FieldSegment/topicCount``.
        public var topicNumber: Int
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
    /// Topics of the segment, those that are not wanted included.
    public var topicCount: Int { segment.layout.topics.count }
    /// The number of the segment's first message.
    public let firstSequence: Int64
    private let segment: SegmentReader
    private let clockRows: [Int64: (session: Int64, offset: Int64)]
    private var knownClocks: FieldClocks?
    private var knownPlaces: [Int32]?

    init(
        _ segment: SegmentReader, first: Int64, shapes: ShapeCache,
        clocks: [Int64: (session: Int64, offset: Int64)] = [:],
        shape wantsShape: (PayloadShape) -> Bool = { _ in true },
        concerns mayConcern: (PayloadShape) -> Bool = { _ in false },
        match: (String) -> Selection.TopicMatch
    ) throws(SegmentDamage) {
        self.segment = segment
        firstSequence = first
        clockRows = clocks
        // Only what is wanted so far as its shape goes is looked up: a segment has hundreds of topics.
        var topics = [(name: String, match: Selection.TopicMatch)?](repeating: nil, count: segment.layout.topics.count)
        for (index, group) in segment.layout.groups.enumerated() {
            let template = segment.template(ofGroup: index)
            let shape = shapes.shape(group.template, template)
            guard wantsShape(shape) else { continue }
            let concerns = mayConcern(shape)
            var runs: [Run] = []
            runs.reserveCapacity(group.runs.count)
            var start = 0
            for run in group.runs {
                let topic: (name: String, match: Selection.TopicMatch)
                if let known = topics[run.topic] {
                    topic = known
                } else {
                    let name = try segment.topic(run.topic)
                    topic = (name, match(name))
                    topics[run.topic] = topic
                }
                runs.append(
                    Run(
                        topic: topic.name, topicNumber: run.topic, rows: start..<start + run.count,
                        isWanted: topic.match == .yes || topic.match == .perhaps && concerns))
                start += run.count
            }
            guard runs.contains(where: \.isWanted) else { continue }
            groups.append(Group(shape: shape, runs: runs, count: group.count, index: index))
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
        do {
            return FieldColumn(
                try segment.column(template.properties.slots.count + slot, ofGroup: group.index, wanted: wanted(group)),
                separator: separator)
        } catch {
            throw FieldDamage(reason: error.reason)
        }
    }

    /// The correlation data of each message, as they are; nil where the messages of the group have none.
    ///
    /// - Throws: ``FieldDamage`` where they cannot be restored.
    public func correlationData(of group: Group) throws(FieldDamage) -> FieldColumn? {
        try column(of: group, at: group.shape.correlation)
    }

    /// The first user property `device_id` of each message, as it is; nil where the messages of the group have none.
    ///
    /// - Throws: ``FieldDamage`` where they cannot be restored.
    public func userDevice(of group: Group) throws(FieldDamage) -> FieldColumn? {
        try column(of: group, at: group.shape.userDevice)
    }

    private func column(of group: Group, at place: PayloadShape.PropertyPlace) throws(FieldDamage) -> FieldColumn? {
        guard case .slot(let slot) = place else { return nil }
        do {
            return FieldColumn(try segment.column(slot, ofGroup: group.index, wanted: wanted(group)), separator: [])
        } catch {
            throw FieldDamage(reason: error.reason)
        }
    }

    /// When the messages of a group arrived.
    ///
    /// - Throws: ``FieldDamage`` where that cannot be restored.
    public func moments(of group: Group) throws(FieldDamage) -> FieldMoments {
        do {
            return FieldMoments(
                arrivals: try segment.arrivals(ofGroup: group.index), ranks: try segment.ranks(ofGroup: group.index),
                clocks: try clocks())
        } catch {
            throw FieldDamage(reason: error.reason)
        }
    }

    private func clocks() throws(SegmentDamage) -> FieldClocks {
        if let knownClocks { return knownClocks }
        let clocks = try FieldClocks(segment, rows: clockRows)
        knownClocks = clocks
        return clocks
    }

    private func wanted(_ group: Group) -> [Bool]? {
        group.runs.contains { !$0.isWanted } ? group.runs.map(\.isWanted) : nil
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

    /// For each row of a group whether it came as a retained message; nil where none did.
    ///
    /// - Throws: ``FieldDamage`` where that cannot be restored.
    public func retained(of group: Group) throws(FieldDamage) -> [Bool]? {
        do {
            let flags: [Int64]
            if case .constant(let all) = segment.layout.groups[group.index].flags {
                guard MessageFlags(rawValue: UInt8(truncatingIfNeeded: all)).has(MessageFlags.retain) else {
                    return nil
                }
                flags = Array(repeating: all, count: group.count)
            } else {
                flags = try segment.flags(ofGroup: group.index, wanted: wanted(group))
            }
            let retained = flags.map { MessageFlags(rawValue: UInt8(truncatingIfNeeded: $0)).has(MessageFlags.retain) }
            return retained.contains(true) ? retained : nil
        } catch {
            throw FieldDamage(reason: error.reason)
        }
    }

    /// Messages of the segment, those that are not wanted included; their numbers follow ``firstSequence``.
    public var count: Int { segment.layout.count }

    /// The number of each message of a group.
    ///
    /// - Throws: ``FieldDamage`` where that cannot be restored.
    public func sequences(of group: Group) throws(FieldDamage) -> [Int64] {
        do {
            if let ranks = try segment.ranks(ofGroup: group.index) { return ranks.map { firstSequence &+ $0 } }
            if knownPlaces == nil { knownPlaces = try places() }
        } catch {
            throw FieldDamage(reason: error.reason)
        }
        guard let places = knownPlaces else { return [] }
        let start = segment.layout.groups[..<group.index].reduce(0) { $0 + $1.count }
        return places[start..<start + group.count].map { firstSequence &+ Int64($0) }
    }

    /// For each message, group by group, its place in the order of arrival, where the times of arrival give it.
    private func places() throws(SegmentDamage) -> [Int32] {
        var arrivals: [Int64] = []
        for index in segment.layout.groups.indices { arrivals.append(contentsOf: try segment.arrivals(ofGroup: index)) }
        var places = [Int32](repeating: 0, count: arrivals.count)
        for (place, position) in RowOrder.ascending(arrivals).enumerated() {
            places[Int(position)] = Int32(truncatingIfNeeded: place)
        }
        return places
    }

    /// The messages of a group, whole, in the order of its rows; for shapes that no column tells about.
    ///
    /// - Parameters:
    ///   - group: the group.
    ///   - numbered: whether their numbers are needed; else they are 0.
    ///   - only: for each row of the group whether it is needed; nil for all.
    /// - Returns: those of the wanted runs.
    /// - Throws: ``FieldDamage`` where they cannot be restored.
    public func messages(
        of group: Group, numbered: Bool = false, only: [Bool]? = nil
    ) throws(FieldDamage) -> [RecordedMessage] {
        let sequences = numbered ? try sequences(of: group) : []
        do {
            let moments = FieldMoments(
                arrivals: try segment.arrivals(ofGroup: group.index), ranks: try segment.ranks(ofGroup: group.index),
                clocks: try clocks())
            var rows = wanted(group).map { _ in
                group.runs.flatMap { repeatElement($0.isWanted, count: $0.rows.count) }
            }
            if let only { rows = rows.map { zip($0, only).map { $0 && $1 } } ?? only }
            let content = try segment.content(ofGroup: group.index, rows: rows)
            var messages: [RecordedMessage] = []
            for run in group.runs where run.isWanted {
                for row in run.rows where only?[row] ?? true {
                    let flags = MessageFlags(rawValue: UInt8(truncatingIfNeeded: content.flags[row]))
                    var properties: [UInt8] = []
                    content.appendProperties(row, to: &properties)
                    var payload: [UInt8] = []
                    content.appendPayload(row, to: &payload)
                    messages.append(
                        RecordedMessage(
                            sequence: numbered ? sequences[row] : 0, session: moments.session(row),
                            arrival: Timestamp(nanoseconds: moments.arrivals[row]), monotonic: moments.monotonic(row),
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
