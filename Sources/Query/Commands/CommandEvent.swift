public import DeviceProtocol
public import JSONScan

/// One message in the life of a command.
public struct CommandEvent: Sendable, Hashable {
    /// What the message was to the command.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The command came for the first time.
        case delivery
        /// The command came again, in another message.
        case redelivery
        /// A device said how far it has come.
        case update
        /// The broker delivered one and the same packet again; it changes nothing.
        case duplicate
    }

    /// Place of the message in the tape.
    public var sequence: Int64
    /// The session that recorded it.
    public var session: Int64
    /// Wall time of arrival.
    public var arrival: Timestamp
    /// How long after the first message about the command it arrived, ns: on the monotonic clock within one session.
    public var elapsed: Int64?
    /// Which way it travelled.
    public var direction: Direction
    /// What it was to the command.
    public var kind: Kind
    /// The device that was to do the work.
    public var device: DeviceID?
    /// The command's id as written.
    public var id: String?
    /// What was to be done, where it is known by now.
    public var name: String?
    /// How far the command is after this message.
    public var state: CommandRow.State?
    /// The status of this message as written.
    public var rawStatus: String?
    /// What an update says to people.
    public var message: String?
    /// What the work needs, as this message has it.
    public var parameters: JSONValue?
    /// What led from the message to the command; nil for the first one.
    public var match: CommandRow.Match?
    /// The same in words, with what was compared.
    public var evidence: String
    /// What is odd about the command since this message.
    public var anomalies: [CommandRow.Anomaly]
    /// Whether the publisher wanted the message to be retained.
    public var isRetained: Bool
    /// The topic name.
    public var topic: String
}
