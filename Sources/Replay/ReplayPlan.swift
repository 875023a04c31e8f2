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

    /// Messages among them from before the window, published first.
    public private(set) var stateMessages: Int64 = 0
    /// What the transformations touch.
    public private(set) var transformations = TransformationCounts()
    /// Recorded devices with a new id that were found anywhere in the messages.
    public private(set) var mappedDevices: Set<DeviceID> = []

    private struct Key: Hashable {
        var device: DeviceID?
        var kind: MessageKind
        var direction: Direction
    }
    private var table: [Key: Row] = [:]
    private let limit: Int

    /// Reads the tape and counts.
    ///
    /// - Parameters:
    ///   - script: what is to be replayed.
    ///   - tape: the tape that the script names.
    ///   - limit: how many rows, and devices, are told apart.
    ///   - isCancelled: asked before each message; true ends the reading.
    /// - Throws: ``TapeError`` when the tape cannot be read, ``ReplayError/cancelled``.
    public init(
        _ script: ReplayScript, tape: TapeReader, limit: Int = ReplayPlan.rowLimit,
        isCancelled: () -> Bool = { false }
    ) throws {
        self.limit = limit
        var admitted = try AdmittedMessages(script, tape: tape)
        admitted.preparation.collectExamples()
        let copies = admitted.preparation.copies
        var window = FanOutWindow(lastOf: script.transformation.fanOut)
        while let step = try admitted.next(isCancelled: isCancelled) {
            switch step {
            case .skip(let reason, let count): skipped[reason, default: 0] += count
            case .publish(let message):
                count(message, &admitted.preparation, script)
                guard copies > 1 else { continue }
                // As much is held as in the replay, so that what does not fit is known beforehand.
                try window.add(message)
                while window.next(atEnd: false) != nil {}
            }
        }
        let (sum, overflow) = admitted.preparation.timeline.length.addingReportingOverflow(
            messages > 0 ? admitted.preparation.delay(of: copies - 1) : 0)
        length = overflow ? .max : sum
        damages = admitted.damages
        transformations = admitted.preparation.counts
        mappedDevices = admitted.preparation.seenDevices
    }

    private mutating func count(
        _ admitted: MessagePreparation.Admitted, _ preparation: inout MessagePreparation, _ script: ReplayScript
    ) {
        let message = admitted.message
        let copies = Int64(preparation.copies)
        let result = preparation.transform(admitted, copy: 0)
        let size = Int64(result.topic.utf8.count + result.payload.count + result.properties.bytes.count)
        messages += copies
        bytes += size * copies
        messagesByQoS[message.qos, default: 0] += copies
        if preparation.keepsRetain(message) { retained += copies }
        keysReplaced += result.keysReplaced
        keysLeftOut += result.keysLeftOut
        if copies > 1 { countFurther(admitted, &preparation, script) }
        if admitted.isState {
            stateMessages += copies
        } else {
            if firstArrival == nil { firstArrival = message.arrival }
            lastArrival = message.arrival
            lastSequence = message.sequence
        }
        let topic = admitted.facts.topic
        note(topic.device)
        if !message.properties.isEmpty { note(message.properties.userProperty("device_id").map { DeviceID($0) }) }
        let key = Key(device: result.device, kind: topic.kind, direction: admitted.direction)
        guard table.count < limit || table[key] != nil else {
            messagesBeyondRows += copies
            return
        }
        let fresh = Row(device: key.device, kind: topic.kind, direction: admitted.direction)
        table[key, default: fresh].messages += copies
        table[key, default: fresh].bytes += size * copies
    }

    /// Counts the further copies, which differ in their ids only, and in whether there are keys for them.
    private mutating func countFurther(
        _ admitted: MessagePreparation.Admitted, _ preparation: inout MessagePreparation, _ script: ReplayScript
    ) {
        let copies = preparation.copies
        let counted = script.credentials == nil ? 2 : copies
        let weight = Int64((copies - 1) / (counted - 1))
        for copy in 1..<counted {
            let result = preparation.transform(admitted, copy: copy, weight: weight)
            keysReplaced += result.keysReplaced * weight
            keysLeftOut += result.keysLeftOut * weight
        }
    }

    private mutating func note(_ device: DeviceID?) {
        if let device, devices.count < limit { devices.insert(device) }
    }

    private static func precedes(_ left: Row, _ right: Row) -> Bool {
        let (one, other) = (left.device?.text ?? "", right.device?.text ?? "")
        if !one.utf8.elementsEqual(other.utf8) { return one.utf8.lexicographicallyPrecedes(other.utf8) }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        return left.direction.rawValue < right.direction.rawValue
    }
}
