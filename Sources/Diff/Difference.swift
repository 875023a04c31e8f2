public import DeviceProtocol

/// Something that one tape has and the other has not, or has otherwise.
public struct Difference: Sendable, Hashable {
    /// Where a message stands on its tape.
    public struct Place: Sendable, Hashable {
        /// Its number.
        public var sequence: Int64
        /// Wall time of its arrival.
        public var arrival: Timestamp
    }

    /// The device in the topic, by the base's id; nil where the topic names none.
    public var device: DeviceID?
    /// The same device's id on the candidate; nil where it is the same.
    public var candidateDevice: DeviceID?
    /// The kind of message.
    public var kind: MessageKind
    /// What the message is about: the name of a command, of a metric, of a setting …; empty where the kind says all.
    public var key: String
    /// How it differs.
    public var verdict: Verdict
    /// The base's message; nil where there is none.
    public var base: Place?
    /// The candidate's message; nil where there is none.
    public var candidate: Place?
    /// What differs; empty where the content is the same.
    ///
    /// For a message that has no counterpart its whole payload, at
    /// the empty path.
    public var changes: [ContentChange]
    /// How much later than the base the candidate has it, relative to what it answers or to the run, ns; negative when
    /// earlier, nil where only one has it.
    public var lateness: Int64?
    /// Whether it stands on one tape only, at a time at which the other may have lost messages.
    public var isInGap = false
}
