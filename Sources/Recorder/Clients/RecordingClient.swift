import DeviceProtocol
import MQTTSession
import Tape

/// One MQTT client of a recording: its broker, what it subscribed to, the session on the tape that its messages go to,
/// and what is known of what it missed.
final class RecordingClient {
    /// How far it is.
    enum Phase {
        /// Without a connection, until a monotonic time at which the broker is called again.
        case away(until: Int64)
        /// The broker is being called.
        case calling(BrokerCall)
        /// Connected; the broker has not answered all subscriptions.
        case subscribing(Subscribing)
        /// Connected, and everything is subscribed to.
        case recording
    }

    /// Subscriptions under way.
    struct Subscribing {
        /// Those without an answer, by their packet identifiers.
        var waiting: [Int32: RecordOptions.Subscription]
        /// The answers.
        var records: [SubscriptionRecord] = []
        /// Monotonic, ns.
        var deadline: Int64
        /// Whether the broker's session is older than these requests: a broker that crashes may come back with the
        /// session as it was before them, so that the next connection must not rely on them.
        var isInOldSession: Bool
        /// Whether the broker said that it had our session.
        var sessionPresent: Bool
    }

    /// A time in which the tape could not be written, as this client's ledger has it.
    struct HeldRow {
        /// Monotonic, ns.
        var from: Int64
        /// When the tape could be written again; nil as long as it cannot.
        var until: Int64?
        /// Messages that were missing before it.
        var missing: Int64
        /// The row on the tape, once it is there.
        var id: Int64?
        var cause: Gap.Cause
    }

    let options: RecordOptions.Client
    let clientID: String
    var phase: Phase
    /// The connection, as long as there is one.
    var connection: BrokerConnection?
    /// Whether the connection has not taken everything that may leave; nothing is read before it has.
    var isBlocked = false
    /// Whether the last reading read the socket empty.
    var isDrained = true
    /// When its socket was read last, monotonic, ns.
    var lastLook = Int64.min / 2
    /// Whether there may be something to read.
    var isReadable = true
    /// What broke the connection while something else was being done.
    var failure: ConnectionError?
    /// Where its session stands among those of the tape's writer, once it was begun.
    var place: TapeWriter.Place?
    /// The snapshot's session, once there are any retained messages.
    var snapshot: Session?

    var window: DuplicateWindow
    var isWindowLoaded = false
    /// The last deliveries of an earlier recording, until they are in the window.
    var earlierDeliveries: (deliveries: [Delivery], areAll: Bool) = ([], true)
    /// When an earlier recording of this client was last known to listen.
    var earlierEnd: Timestamp?
    /// When a delivery with DUP set came last, monotonic, ns.
    var lastRedelivery = Int64.min / 2
    var backoff: Backoff
    /// What shows that the broker did not deliver everything.
    var losses: LossWatch
    /// Values that redaction replaced in its messages.
    var redacted = RedactionCounts()

    /// Wall time of the broker's last sign of life.
    var lastHeard: Timestamp
    /// ``BrokerConnection/packetsHeard`` when it was looked at last.
    var packetsHeard = 0
    /// Whether packets came since ``lastHeard``.
    var hasUndatedPackets = false
    var lastHeartbeat: Int64
    var lastRecovery = Int64.min / 2
    /// Whether the next connection is made without waiting.
    var returnsAtOnce = false
    var connectedAt: Int64
    /// Whether it was ever connected.
    var hasConnected = false
    /// Whether it ever had all that it asked for, or what was borne.
    var hasRecorded = false

    var openGap: (id: Int64, beganAt: Timestamp, sessionIsLost: Bool)?
    var sessionLost = false
    /// Ledger rows of subscriptions that were refused or downgraded, as long as they are; by the bytes of their filters.
    var shortfalls: [[UInt8]: (id: Int64, cause: Gap.Cause)] = [:]
    /// Times in which the tape could not be written whose rows are not complete.
    var holds: [HeldRow] = []
    /// Filters that the broker refused.
    var refused: [String] = []
    /// Whether our session at the broker is known to hold exactly the subscriptions asked for.
    var subscribed = false
    /// The filters that it may hold.
    var held: [String] = []
    /// The filters that the latest earlier recording of this client at this broker had; nil where there is none.
    var earlierFilters: String?
    /// What kept the first connection from coming about, and since when, while it does not.
    var firstFailure: ConnectionError?
    var firstWait: String?

    /// The second client of the same broker, once it works.
    var side: SideClient?
    /// Whether the second client watches the counter of the broker, for all clients of it.
    var watchesStatistics = false
    var statisticsOutcome: SideClient.Outcome?
    var hasAskedForSnapshot = false
    var isTakingSnapshot = false
    var snapshotFailure: String?

    init(
        _ options: RecordOptions.Client, clientID: String, receiveMaximum: UInt16, at now: Int64, wall: Int64,
        seed: UInt64
    ) {
        self.options = options
        self.clientID = clientID
        phase = .away(until: now)
        window = DuplicateWindow(capacity: Int(receiveMaximum))
        backoff = Backoff(seed: seed)
        losses = LossWatch(at: now)
        lastHeard = Timestamp(nanoseconds: wall)
        lastHeartbeat = now
        connectedAt = now
    }

    /// The broker's URL.
    var broker: String { options.connection.address.description }

    /// Whether everything that it is to record is coming in.
    var isRecording: Bool {
        if case .recording = phase { return true }
        return false
    }

    /// Lets the connection go.
    func dropConnection() {
        connection = nil
        isBlocked = false
        isDrained = true
        isReadable = true
        failure = nil
    }
}
