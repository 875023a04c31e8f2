public import DeviceProtocol
public import Tape

/// What happens during a recording that a person or a log wants to know.
public enum RecorderEvent: Sendable {
    /// A client is connected and subscribed; whether the broker still had its session.
    case recording(broker: String, clientID: String, sessionPresent: Bool)
    /// A client's subscription was refused (from 0x80) or granted at a lower QoS.
    case subscription(clientID: String, filter: String, reasonCode: UInt8)
    /// A client's connection is gone, or did not come about; the next attempt comes in so many nanoseconds.
    case disconnected(clientID: String, reason: String, retryIn: Int64)
    /// The tape cannot be written at the moment; it is tried again.
    case waiting(reason: String)
    /// The wall clock was set, or the machine slept; by how many nanoseconds wall time moved.
    case clockChanged(cause: String, by: Int64)
    /// The tape can be written again, after so many nanoseconds without.
    case resumed(cause: Gap.Cause, after: Int64)
    /// Messages are missing, or may be: a new row of the loss ledger, which may still grow.
    case losses(clientID: String, Gap)
    /// A client's broker does not tell how many messages it dropped, and why.
    case statisticsUnavailable(clientID: String, reason: String)
    /// The retained messages that a client's broker held at the start are on the tape; or why not all of them.
    case retainedSnapshot(clientID: String, messages: Int64, failure: String?)
    /// A condition began to hold; nil where a new incident began, else the beginning of the one that it belongs to.
    case triggered(TriggerReason, mergesInto: Timestamp?)
    /// A condition began to hold, but too many incidents began within the last hour; said once until there is room.
    case incidentsLimited(TriggerReason)
    /// An incident tape was cut.
    case incident(IncidentPlan, TriggerOptions.Cut)
    /// An incident tape could not be cut, and what becomes of it; said once for as long as it is tried.
    case incidentFailed(IncidentPlan, IncidentOutlook, reason: String)
    /// About once a second: the numbers so far.
    case progress(RecordingStatistics)
    /// The recording ends and everything is being sealed: about once a second, the messages sealed so far.
    case finishing(sealed: Int64)
}

/// The numbers of a recording so far.
public struct RecordingStatistics: Sendable, Hashable {
    /// Since the recording began, ns.
    public var elapsed: Int64 = 0
    /// Messages recorded (committed).
    public var messages: Int64 = 0
    /// Bytes of topics, properties and payloads.
    public var bytes: Int64 = 0
    /// Messages that are redeliveries of recorded ones.
    public var duplicates: Int64 = 0
    /// Values that redaction replaced.
    public var redactions: Int64 = 0
    /// The same by the kind of place, those not yet committed included.
    public var redacted = RedactionCounts()
    /// Commits made.
    public var commits: Int64 = 0
    /// The longest commit, ns.
    public var longestCommit: Int64 = 0
    /// Connections made after the first.
    public var reconnects: Int64 = 0
    /// Ledger rows that this recording added.
    public var gaps: Int64 = 0
    /// Messages known to be missing.
    public var missing: Int64 = 0
    /// Why nothing is being read now, if so: the tape cannot be written.
    public var holding: Gap.Cause?
    /// How often a condition began to hold.
    public var triggered: Int64 = 0
    /// Incident tapes cut.
    public var incidents: Int64 = 0
    /// Incident tapes that could not be cut and are not tried any more by this recording.
    public var incidentsFailed: Int64 = 0
    /// Incidents that began and are not cut yet.
    public var openIncidents: Int64 = 0
    /// How often a condition began to hold when too many incidents had begun.
    public var incidentsLeftOut: Int64 = 0
    /// MQTT clients that record.
    public var clients = 1
    /// Those of them that are connected and subscribed now.
    public var connectedClients = 0
    /// Whether all of them are.
    public var isConnected: Bool { connectedClients == clients }
    /// What a watcher wants to know beyond that.
    public var measures = RecordingMeasures()

    /// Nothing yet.
    public init() {}
}

/// How a recording ended.
public struct RecordingSummary: Sendable {
    /// The numbers.
    public var statistics: RecordingStatistics
    /// The sessions' records as they stand on the tape, one for each client, in their order.
    public var sessions: [Session]
    /// Filters that the broker refused; with the client's id where there are several clients.
    public var refused: [String]
    /// Client ids of those that were never connected.
    public var unreached: [String]
    /// Whether messages may be missing that no queue of the broker can have kept.
    public var sessionLost: Bool
    /// What the sealing thread did.
    public var sealing: BackgroundSealer.Report
    /// Whether a person or a limit ended it, in a word: `signal`, `limit`.
    public var endReason: String
}
