public import MQTTSession

/// What happens during a replay, for whoever watches it.
public enum ReplayEvent: Sendable {
    /// The connection is ready, enough of the tape is in memory, and time begins.
    case started
    /// How far it is; comes often.
    case progress(ReplayProgress)
    /// The connection broke.
    case lost(ConnectionError)
    /// An attempt to connect again failed.
    case stillLost(ReplayError)
    /// The connection is back after so many ns; so many messages are sent again or late.
    case reconnected(outage: Int64, waiting: Int)
    /// Nothing more is sent; so many acknowledgements are awaited.
    case draining(unacknowledged: Int)
}

/// How far a replay is.
public struct ReplayProgress: Sendable, Hashable {
    /// Messages written to the socket.
    public var sent: Int64
    /// Messages of the plan; nil for no end.
    public var planned: Int64?
    /// Where it is in recorded time, ns since the first message.
    public var position: Int64
    /// How fast it goes now.
    public var pace: Pace
    /// Whether it stands still.
    public var isPaused: Bool
    /// Since the start, ns.
    public var elapsed: Int64
    /// The greatest lateness at the socket since the last progress, ns.
    public var lateness: Int64
    /// Messages that wait for an acknowledgement.
    public var unacknowledged: Int
    /// Answers that wait for a command of the target.
    public var waitingAnswers: Int
}
