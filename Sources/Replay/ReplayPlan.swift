public import DeviceProtocol
public import MQTTWire
public import Tape

/// What a replay is going to publish, in numbers; made by reading the tape once, front to back.
public struct ReplayPlan: Sendable {
    /// How much of one kind a device is going to say (or be told).
    public struct Row: Sendable, Hashable {
        /// The device that the topic names; nil where it names none.
        public var device: DeviceID?
        /// The kind of message, by topic.
        public var kind: MessageKind
        /// Which way the message travelled.
        public var direction: Direction
        /// Messages to publish.
        public var messages: Int64 = 0
        /// Bytes of their topics, properties and payloads.
        public var bytes: Int64 = 0
    }

    /// How many rows, and devices, are told apart at most; memory stays bounded however many a tape names.
    public static let rowLimit = 100_000

    /// Messages to publish, by device, kind and direction, in that order.
    public var rows: [Row] { table.values.sorted(by: Self.precedes) }
    /// Messages that found no room in ``rows``.
    public private(set) var messagesBeyondRows: Int64 = 0
    /// Messages to publish.
    public private(set) var messages: Int64 = 0
    /// Bytes of their topics, properties and payloads.
    public private(set) var bytes: Int64 = 0
    /// Messages to publish at each QoS.
    public private(set) var messagesByQoS: [QualityOfService: Int64] = [:]
    /// Messages to publish as retained ones.
    public private(set) var retained: Int64 = 0
    /// Selected messages that are not published.
    public private(set) var skipped: [SkipReason: Int64] = [:]
    /// Redacted values in whose place a key is sent.
    public private(set) var keysReplaced: Int64 = 0
    /// Redacted values that are left out.
    public private(set) var keysLeftOut: Int64 = 0
    /// Wall time at which the first message to publish arrived.
    public private(set) var firstArrival: Timestamp?
    /// Wall time at which the last message to publish arrived.
    public private(set) var lastArrival: Timestamp?
    /// Recorded time from the first to the last message, silences shortened, ns.
    public private(set) var length: Int64 = 0
    /// Devices that the messages to publish name, in the topic or as their sender.
    public private(set) var devices: Set<DeviceID> = []
    /// Parts of the tape that cannot be read.
    public private(set) var damages: [TapeError] = []
    /// Place on the tape of the last message to publish: what is recorded after it is not part of the plan.
    public private(set) var lastSequence: Int64 = 0

    private struct Key: Hashable {
        var device: DeviceID?
        var kind: MessageKind
        var direction: Direction
    }
    private var table: [Key: Row] = [:]

    /// Reads the tape and counts.
    ///
    /// - Parameters:
    ///   - script: what is to be replayed.
    ///   - tape: the tape that the script names.
    ///   - isCancelled: asked before each message; true ends the reading.
    /// - Throws: ``TapeError`` when the tape cannot be read, ``ReplayError/cancelled``.
    public init(
        _ script: ReplayScript, tape: TapeReader, isCancelled: () -> Bool = { false }
    ) throws {
        var preparation = MessagePreparation(script)
        let cursor = try tape.messages(script.selection)
        while let message = try cursor.next() {
            if isCancelled() { throw ReplayError.cancelled }
            let topic = DeviceTopic.parse(message.topic)
            let (direction, _) = Direction.of(kind: topic.kind, properties: message.properties)
            switch preparation.prepare(message, topic: topic, direction: direction) {
            case .skip(let reason): skipped[reason, default: 0] += 1
            case .publish(let outgoing, let keys):
                count(message, topic: topic, direction: direction)
                if outgoing.retain { retained += 1 }
                keysReplaced += keys.replaced
                keysLeftOut += keys.leftOut
            }
        }
        length = preparation.timeline.length
        damages = cursor.damages
    }

    /// How long the replay takes, ns; 0 at ``Pace/maximum``, where only the broker knows.
    public func duration(at pace: Pace) -> Int64 {
        pace.duration(of: length)
    }

    private mutating func count(_ message: RecordedMessage, topic: DeviceTopic, direction: Direction) {
        let size = Int64(message.size)
        messages += 1
        bytes += size
        messagesByQoS[message.qos, default: 0] += 1
        if firstArrival == nil { firstArrival = message.arrival }
        lastArrival = message.arrival
        lastSequence = message.sequence
        note(topic.device)
        if !message.properties.isEmpty { note(message.properties.userProperty("device_id").map { DeviceID($0) }) }
        let key = Key(device: topic.device, kind: topic.kind, direction: direction)
        guard table.count < Self.rowLimit || table[key] != nil else {
            messagesBeyondRows += 1
            return
        }
        let fresh = Row(device: topic.device, kind: topic.kind, direction: direction)
        table[key, default: fresh].messages += 1
        table[key, default: fresh].bytes += size
    }

    private mutating func note(_ device: DeviceID?) {
        if let device, devices.count < Self.rowLimit { devices.insert(device) }
    }

    private static func precedes(_ left: Row, _ right: Row) -> Bool {
        let (one, other) = (left.device?.text ?? "", right.device?.text ?? "")
        if !one.utf8.elementsEqual(other.utf8) { return one.utf8.lexicographicallyPrecedes(other.utf8) }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        return left.direction.rawValue < right.direction.rawValue
    }
}
