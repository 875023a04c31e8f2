import CLinux
import DeviceProtocol
import JSONScan
import MQTTSession
import MQTTWire
public import Tape

/// Records a broker's messages onto a tape until it is told to stop.
///
/// One thread does everything: read what the socket has, commit, then let the acknowledgements go. What the broker was
/// acknowledged is therefore always on the disk, and what is not on the disk the broker delivers again.
public final class Recorder {
    let options: RecordOptions
    let time: any TimeSource
    let report: (RecorderEvent) -> Void

    let writer: TapeWriter
    let clientID: String
    let wake: Int32
    let isStopping: () -> Bool

    var clock: ArrivalClock
    /// The offsets of the wall clock so far, the last ones.
    var offsets: [ArrivalClock.Offset]
    var statistics = RecordingStatistics()
    var refused: [String] = []

    var redactor: Redactor?
    var window: DuplicateWindow
    var backoff: Backoff
    let startedAt: Int64
    /// Arrival of the oldest message that is not committed, monotonic ns.
    var pendingSince: Int64?
    /// Wall time of the broker's last sign of life.
    var lastHeard = Timestamp(nanoseconds: 0)
    /// ``BrokerConnection/packetsHeard`` when it was looked at last.
    var packetsHeard = 0
    /// Whether packets came since ``lastHeard``.
    var hasUndatedPackets = false
    var isWindowLoaded = false
    var nextUpkeep: Int64
    var nextHeartbeat: Int64
    var openGap: (id: Int64, beganAt: Timestamp, sessionIsLost: Bool)?
    /// Ledger rows of subscriptions that were refused or downgraded, as long as they are.
    var shortfalls: [String: (id: Int64, cause: Gap.Cause)] = [:]
    var sessionLost = false
    var connectedAt: Int64
    /// The connection, as long as there is one.
    var live: BrokerConnection?
    /// What shows that the broker did not deliver everything.
    var losses: LossWatch
    /// The time in which the tape could not be written.
    var hold: Hold?
    var lastHeartbeat: Int64
    var lastRecovery = Int64.min / 2
    /// Whether the next connection is made without waiting.
    var returnsAtOnce = false
    /// The second client, once it works.
    var side: SideClient?
    var statisticsOutcome: SideClient.Outcome?
    var isTakingSnapshot = false
    /// The session of the retained messages, once there are any.
    var snapshot: Session?
    var snapshotFailure: String?
    /// Works beside this thread once something is being recorded.
    var sealer: BackgroundSealer?
    /// Messages committed since the sealer was told last.
    var unsealed: Int64 = 0
    /// Whether our session at the broker is known to hold exactly the subscriptions asked for.
    var subscribed = false
    /// The filters that it may hold.
    var held: [String] = []
    /// What watches for incidents, if anything is to.
    var triggers: Triggers?
    /// What kept the first connection from coming about at once.
    var firstWait: String?

    static let upkeepInterval: Int64 = 1_000_000_000
    static let heartbeatInterval: Int64 = 30_000_000_000
    static let stableConnection: Int64 = 10_000_000_000
    /// How long a message may be under way from the broker to us, ns.
    static let underWay: Int64 = 1_000_000_000
    static let takeoverPause: Int64 = 60_000_000_000
    /// How often a tape that somebody else has locked is tried when the recording is to end, each time for two seconds.
    static let lastAttempts = 5
    static let blockedFarewell: Int64 = 2_000_000_000
    static let answerTimeout: Int64 = 10_000_000_000

    /// Opens the tape; nothing is recorded before ``run()``.
    ///
    /// - Parameters:
    ///   - options: what to record.
    ///   - redactionKey: the key of the placeholders; nil keeps secrets as they are.
    ///   - time: the clocks.
    ///   - wake: a descriptor that becomes readable when `isStopping` is to be asked, or -1.
    ///   - isStopping: whether to end.
    ///   - report: told what happens, on the recording thread.
    /// - Throws: ``RecorderError/tape(_:)``.
    public init(
        _ options: RecordOptions, redactionKey: RedactionKey?, time: any TimeSource = SystemTimeSource(),
        wake: Int32, isStopping: @escaping () -> Bool, report: @escaping (RecorderEvent) -> Void
    ) throws(RecorderError) {
        self.options = options
        self.time = time
        self.wake = wake
        self.isStopping = isStopping
        self.report = report
        do {
            writer = try TapeWriter(path: options.path)
            clientID = if let given = options.clientID { given } else { "tapedeck-\(try writer.tapeID().prefix(16))" }
        } catch {
            throw .tape(error)
        }
        triggers = options.triggers.map { Triggers($0) }
        redactor = redactionKey.map { Redactor(key: $0, rules: options.redaction) }
        clock = ArrivalClock(time)
        offsets = [clock.current]
        window = DuplicateWindow(capacity: Int(options.receiveMaximum))
        startedAt = time.monotonic
        losses = LossWatch(at: startedAt)
        lastHeartbeat = startedAt
        backoff = Backoff(seed: UInt64(bitPattern: startedAt))
        connectedAt = startedAt
        nextUpkeep = startedAt
        nextHeartbeat = startedAt + Self.heartbeatInterval
        lastHeard = Timestamp(nanoseconds: clock.wall(startedAt))
    }

    /// Records until told to stop, a limit is reached, or the tape cannot be written any more.
    ///
    /// The first connection must succeed, unless ``RecordOptions/waitsForBroker``; after it the recorder comes back by
    /// itself for ever.
    ///
    /// - Throws: ``RecorderError``. What was recorded until then is on the tape.
    public func run() throws(RecorderError) -> RecordingSummary {
        var connection: BrokerConnection?
        var acknowledgement: ConnectionAcknowledgement?
        do {
            (connection, acknowledgement) = try firstConnection()
        } catch {
            writer.discardIfUnused()
            throw error
        }
        // What ends the recording otherwise must not leave the thread behind; it does not wait for sealing then.
        defer {
            waitForCutter()
            _ = sealer?.finish(sealsRest: false)
            side?.stop()
        }
        try onTape { () throws(TapeError) in
            sealer = try BackgroundSealer(path: options.path, retention: options.retention, time: time)
        }
        try knowMarks()
        while true {
            if let reason = endReason {
                report(.finishing(sealed: statistics.measures.sealed))
                try finish(connection, reason: reason)
                try finishTriggers()
                let sealing =
                    sealer?.finish(sealsRest: true) { report(.finishing(sealed: $0.sealed.messages)) }
                    ?? BackgroundSealer.Report()
                return RecordingSummary(
                    statistics: statistics, session: writer.session, refused: refused, sessionLost: sessionLost,
                    sealing: sealing, endReason: reason)
            }
            do {
                live = connection
                if let current = connection {
                    if let accepted = acknowledgement {
                        acknowledgement = nil
                        try settle(current, accepted)
                    }
                    try pump(current)
                } else {
                    connection = try reconnect()
                }
            } catch .connection(let error) {
                connection = nil
                live = nil
                try connectionLost(error)
            }
        }
    }

    var endReason: String? {
        if isStopping() { return "signal" }
        if let limit = options.maximumMessages, writer.session.messages >= limit { return "limit" }
        if let limit = options.maximumDuration, time.monotonic - startedAt >= limit { return "limit" }
        return nil
    }

    func finish(_ connection: BrokerConnection?, reason: String) throws(RecorderError) {
        if let connection {
            do {
                try commit(connection)
                connection.disconnect()
            } catch .connection {
                // The batch is on the tape; the broker will deliver it again to whoever resumes the session.
            }
        }
        losses.finish()
        try storeLosses()
        try closeHold(time.monotonic, atOnce: true)
        for gap in [openGap?.id].compactMap(\.self) + shortfalls.values.map(\.id) {
            try onTape { () throws(TapeError) in try writer.closeGap(gap, at: Timestamp(nanoseconds: time.wall)) }
        }
        try upkeep(nil, time.monotonic)
        try noteRedactions()
        try onTape { () throws(TapeError) in
            try writer.end(at: Timestamp(nanoseconds: time.wall), reason: reason)
        }
    }
}
