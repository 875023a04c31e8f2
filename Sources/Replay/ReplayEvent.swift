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
    /// Messages of the plan.
    public var planned: Int64
    /// Recorded time of the last message written, ns since the first.
    public var offset: Int64
    /// Since the start, ns.
    public var elapsed: Int64
    /// Messages that wait for an acknowledgement.
    public var unacknowledged: Int
}
