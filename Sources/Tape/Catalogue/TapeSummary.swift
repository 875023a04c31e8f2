public import DeviceProtocol

/// What a whole tape holds, in numbers.
public struct TapeSummary: Sendable, Hashable {
    /// Messages, redeliveries included.
    public var messages: Int64
    /// Bytes of topics, properties and payloads.
    public var bytes: Int64
    /// Wall time of the first arrival; nil on an empty tape.
    public var firstArrival: Timestamp?
    /// Wall time of the last arrival; nil on an empty tape.
    public var lastArrival: Timestamp?
    /// Devices that a topic named.
    public var devices: Int64
    /// Bytes of the tape file, its free pages included.
    public var fileSize: Int64
    /// The tape format.
    public var formatVersion: Int64
}

/// A step of the wall clock, or a suspend of the machine, during a recording.
public struct ClockStep: Sendable, Hashable {
    /// The session that was recording.
    public var session: Int64
    /// `step` or `suspend`.
    public var cause: String
    /// The time at which it was noticed, on the wall clock as it was before.
    public var at: Timestamp
    /// By how much wall time moved, ns.
    public var change: Int64
}
