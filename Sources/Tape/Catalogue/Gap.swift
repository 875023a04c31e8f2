public import DeviceProtocol

/// A row of the loss ledger: an interval in which messages may be missing from the tape, and why.
public struct Gap: Sendable, Hashable {
    /// What may have lost messages.
    public enum Cause: String, Sendable, CaseIterable {
        /// The connection to the broker was down; the broker may have queued messages, up to its limits.
        case disconnected
        /// The broker no longer knew our session (session present 0): what it had queued is gone.
        case sessionLost = "session_lost"
        /// The broker had more for us than its queue holds, or dropped what it could not write.
        case brokerDropped = "broker_dropped"
        /// Messages that the broker held back in its window until the next connection; they came then.
        case stuck
        /// The recorder did not read as fast as the broker delivered, and nothing tells whether the broker dropped some.
        case behind
        /// The disk or quota was full: nothing was read or acknowledged until there was room.
        case diskFull = "disk_full"
        /// Hardly any space was left on the disk: nothing was read until there was more.
        case lowDisk = "low_disk"
        /// The tape could not be written (read-only, or an error of the disk): nothing was read or acknowledged.
        case unwritable
        /// The recorder ended without a word: from its last sign of life to the next start.
        case killed
        /// Nothing recorded between the end of one session and the start of the next.
        case stopped
        /// The machine slept while it recorded.
        case suspended
        /// The wall clock was set forward: this time did not happen.
        case clockForward = "clock_forward"
        /// The wall clock was set back: this time happened twice, and stands on the tape twice.
        case clockBack = "clock_back"
        /// The broker refused a subscription.
        case refused
        /// The broker granted a lower QoS than asked for.
        case downgraded
        /// Recorded, and deleted later to keep the tape within its limits.
        case deleted
        /// Recorded, and unreadable when the tape was repaired.
        case damaged
        /// Left out when a slice was taken: only the messages that make up the state were brought along.
        case sliced

        /// A few words for a person.
        public var summary: String {
            switch self {
            case .disconnected: "not connected to the broker"
            case .sessionLost: "the broker had forgotten the session"
            case .brokerDropped: "the broker dropped messages"
            case .stuck: "messages were stuck at the broker"
            case .behind: "the recorder did not keep up"
            case .diskFull: "no space left for the tape"
            case .lowDisk: "hardly any space left for the tape"
            case .unwritable: "the tape could not be written"
            case .clockForward: "the wall clock was set forward, this time did not happen"
            case .clockBack: "the wall clock was set back, this time happened twice"
            case .killed: "the recorder was killed"
            case .stopped: "not recording"
            case .suspended: "the machine was suspended"
            case .refused: "subscription refused"
            case .downgraded: "subscription granted at a lower QoS"
            case .damaged: "the tape was damaged"
            case .sliced: "left out of the slice"
            case .deleted: "deleted to keep the tape within its limits"
            }
        }
    }

    /// Number of the row within its tape.
    public var id: Int64
    /// The session that it belongs to.
    public var session: Int64
    /// The cause as stored; a tape of a later version may hold words that ``Cause`` does not know.
    public var cause: String
    /// Wall time from which messages may be missing.
    public var beganAt: Timestamp
    /// Wall time until which messages may be missing; nil while it lasts.
    public var endedAt: Timestamp?
    /// How many messages are known to be missing; nil where no number is known.
    public var missing: Int64?
    /// More about it, for a person.
    public var detail: String?

    /// Makes a ledger row that is not yet on a tape.
    public init(
        session: Int64, cause: Cause, beganAt: Timestamp, endedAt: Timestamp? = nil, missing: Int64? = nil,
        detail: String? = nil
    ) {
        id = 0
        self.session = session
        self.cause = cause.rawValue
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.missing = missing
        self.detail = detail
    }

    init(
        id: Int64, session: Int64, cause: String, beganAt: Timestamp, endedAt: Timestamp?, missing: Int64?,
        detail: String?
    ) {
        self.id = id
        self.session = session
        self.cause = cause
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.missing = missing
        self.detail = detail
    }

    /// The cause in a few words for a person.
    public var summary: String { Cause(rawValue: cause)?.summary ?? cause }
}
