public import DeviceProtocol
public import Tape

/// What a tape holds, from its catalogue alone: no message is read.
public struct TapeInfo: Sendable {
    /// A kind of message and how many there are.
    public struct KindCount: Sendable, Hashable {
        /// The kind.
        public var kind: MessageKind
        /// Messages of the kind, redeliveries included.
        public var messages: Int64
        /// Bytes of topics, properties and payloads.
        public var bytes: Int64
    }

    /// A device and how many messages name it in their topic.
    public struct DeviceCount: Sendable, Hashable {
        /// The device.
        public var device: DeviceID
        /// Messages on its topics, redeliveries included.
        public var messages: Int64
        /// When the last one arrived.
        public var lastSeen: Timestamp
    }

    /// The tape file.
    public var path: String
    /// Whether a recorder was writing onto the tape.
    public var isBeingRecorded: Bool
    /// Sums over the tape.
    public var summary: TapeSummary
    /// All sessions, oldest first.
    public var sessions: [Session]
    /// Kinds, the most frequent first.
    public var kinds: [KindCount]
    /// The devices with most messages, five at most, the busiest first.
    public var busiestDevices: [DeviceCount]
    /// The loss ledger, oldest first.
    public var gaps: [Gap]
    /// Steps of the wall clock.
    public var clockSteps: [ClockStep]
    /// What people marked, oldest first.
    public var marks: [TapeMark]

    /// Reads the catalogue.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be read.
    public init(_ tape: TapeReader) throws(TapeError) {
        path = tape.path
        isBeingRecorded = tape.isBeingRecorded
        summary = try tape.summary()
        sessions = try tape.sessions()
        gaps = try tape.gaps()
        clockSteps = try tape.clockSteps()
        marks = try tape.marks()
        let activity = try tape.activity()
        kinds = Self.kinds(activity)
        busiestDevices = Self.busiest(activity)
    }

    /// How many bytes came in for one byte of the file; nil for an empty tape.
    public var ratio: Double? {
        guard summary.fileSize > 0, summary.bytes > 0 else { return nil }
        return Double(summary.bytes) / Double(summary.fileSize)
    }

    /// The time in which recorders were at work, ns; gaps in the loss ledger are not taken off.
    public var recordedTime: Int64 {
        sessions.reduce(0) { $0 &+ max(0, Self.end(of: $1).nanoseconds &- $1.startedAt.nanoseconds) }
    }

    /// When a session ended, or last gave a sign of life.
    public static func end(of session: Session) -> Timestamp {
        session.endedAt ?? session.aliveAt
    }

    private static func kinds(_ activity: [Activity]) -> [KindCount] {
        var counts: [MessageKind: KindCount] = [:]
        for row in activity {
            var count = counts[row.kind] ?? KindCount(kind: row.kind, messages: 0, bytes: 0)
            count.messages &+= row.messages
            count.bytes &+= row.bytes
            counts[row.kind] = count
        }
        return counts.values.sorted { ($1.messages, $0.kind.rawValue) < ($0.messages, $1.kind.rawValue) }
    }

    private static func busiest(_ activity: [Activity]) -> [DeviceCount] {
        var counts: [DeviceID: DeviceCount] = [:]
        for row in activity {
            guard let device = row.device else { continue }
            var count = counts[device] ?? DeviceCount(device: device, messages: 0, lastSeen: row.lastSeen)
            count.messages &+= row.messages
            count.lastSeen = max(count.lastSeen, row.lastSeen)
            counts[device] = count
        }
        return Array(
            counts.values.sorted { $0.messages == $1.messages ? $0.device < $1.device : $0.messages > $1.messages }
                .prefix(5))
    }
}
