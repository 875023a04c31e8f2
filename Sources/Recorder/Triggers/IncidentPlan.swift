public import DeviceProtocol

/// Why an incident tape is cut: a condition that began to hold.
public struct TriggerReason: Sendable, Hashable, CustomStringConvertible {
    /// The condition as written.
    public var condition: String
    /// The device for which it holds, if it is about one.
    public var device: DeviceID?
    /// The message that made it hold, by its number on the recorded tape; nil where time did.
    public var sequence: Int64?
    /// The value that made it hold.
    public var value: String?
    /// Wall time.
    public var at: Timestamp

    /// Puts a reason together.
    public init(
        condition: String, device: DeviceID? = nil, sequence: Int64? = nil, value: String? = nil, at: Timestamp
    ) {
        self.condition = condition
        self.device = device
        self.sequence = sequence
        self.value = value
        self.at = at
    }

    /// For a person: `status=offline: device 5f0c…, seq 12, status=offline`.
    public var description: String {
        let parts = [device.map { "device \($0)" }, sequence.map { "seq \($0)" }, value].compactMap(\.self)
        return parts.isEmpty ? condition : condition + ": " + parts.joined(separator: ", ")
    }
}

/// An incident tape that is to be cut.
public struct IncidentPlan: Sendable, Hashable {
    /// The beginning of the window, wall time.
    public var from: Timestamp
    /// The end of the window, wall time, excluded.
    public var until: Timestamp
    /// When it can be cut, monotonic, ns.
    var due: Int64
    /// Why, the oldest first; the first sixteen of them.
    public private(set) var reasons: [TriggerReason]
    /// How often a condition began to hold.
    public private(set) var firings = 1
    /// When it could not be cut for the first time, wall time.
    public internal(set) var failingSince: Timestamp?

    static let manyReasons = 16

    init(_ reason: TriggerReason, from: Int64, until: Int64, due: Int64) {
        self.from = Timestamp(nanoseconds: from)
        self.until = Timestamp(nanoseconds: until)
        self.due = due
        reasons = [reason]
    }

    /// Puts one together that was begun by an earlier recording.
    init(from: Timestamp, until: Timestamp, due: Int64, reasons: [TriggerReason], firings: Int) {
        self.from = from
        self.until = until
        self.due = due
        self.reasons = reasons
        self.firings = firings
    }

    /// Takes another incident in, whose window overlaps.
    mutating func merge(_ other: IncidentPlan) {
        from = min(from, other.from)
        until = max(until, other.until)
        due = max(due, other.due)
        firings += other.firings
        reasons += other.reasons.prefix(Self.manyReasons - reasons.count)
    }

    var length: Int64 { until.nanoseconds &- from.nanoseconds }
}
