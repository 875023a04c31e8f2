public import DeviceProtocol

/// The life of one command, as far as the tape shows it.
///
/// All times are times of arrival: no command message states one of its own.
public struct CommandRow: Sendable, Hashable {
    /// How far a command is.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Delivered, no word of the device yet.
        case pending
        /// The device works on it.
        case inProgress = "in_progress"
        /// Finished well.
        case done
        /// Finished badly, or withdrawn.
        case failed

        /// Whether nothing more is expected.
        public var isFinal: Bool { self == .done || self == .failed }
    }

    /// What led the device's updates to their command.
    public enum Match: String, Sendable, Hashable, CaseIterable {
        /// The id in the payload.
        case id
        /// The correlation data of the message.
        case correlation
        /// It was the only one that the device had to work on.
        case inferred
    }

    /// Something in the life of a command that should not be, or that shows the tape to be incomplete.
    ///
    /// In the order in which they are listed.
    public enum Anomaly: UInt8, Sendable, Hashable, CaseIterable {
        /// The device speaks of a command that was never delivered, or of none that can be told.
        case updateWithoutCommand
        /// The device spoke of it before it was delivered.
        case updateBeforeCommand
        /// The device spoke of it, as not finished, after it was finished.
        case afterTerminalUpdate
        /// The device finished it more than once.
        case twoTerminals
        /// The device finished it with different results.
        case contradictoryTerminals
        /// It was delivered again after the device had finished it.
        case redeliveredAfterDone
        /// A status that no documentation names.
        case unknownStatus
        /// A status that is known, but not as one for this kind of message.
        case unexpectedStatus
        /// An update without a status.
        case missingStatus
        /// A command or an update without an id.
        case missingID

        /// The stable word for it.
        public var word: String {
            switch self {
            case .updateWithoutCommand: "update_without_command"
            case .updateBeforeCommand: "update_before_command"
            case .afterTerminalUpdate: "after_terminal_update"
            case .twoTerminals: "two_terminals"
            case .contradictoryTerminals: "contradictory_terminals"
            case .redeliveredAfterDone: "redelivered_after_done"
            case .unknownStatus: "unknown_status"
            case .unexpectedStatus: "unexpected_status"
            case .missingStatus: "missing_status"
            case .missingID: "missing_id"
            }
        }
    }

    /// The device that was to do the work: the one that the payload names, else the topic's.
    public var device: DeviceID?
    /// The command's id as written.
    public var id: String?
    /// What was to be done.
    public var name: String?
    /// How far it is; what came after the first end does not change it.
    public var state: State
    /// The status, as written, that led to ``state``.
    public var rawStatus: String?
    /// When the first message about it arrived.
    public var firstSeen: Timestamp
    /// When the device first said that it works on it.
    public var inProgressAt: Timestamp?
    /// When it was first said to be finished.
    public var endedAt: Timestamp?
    /// From the first delivery to the end, ns.
    ///
    /// Exact across steps of the wall clock within one session. Nil while there is no end, and where the first
    /// delivery was not seen, or only after the device spoke of the command.
    public var duration: Int64?
    /// From ``firstSeen`` until the answer ends, ns, for a command that has not ended.
    public var openFor: Int64?
    /// How many times it was delivered.
    public var deliveries: Int
    /// How many updates there are.
    public var updates: Int
    /// How the updates were matched, the least certain way of all; nil when there is none to match.
    public var match: Match?
    /// What is odd about it.
    public var anomalies: [Anomaly]
    /// The text that came with ``rawStatus``, or the last one before it.
    public var message: String?
}
