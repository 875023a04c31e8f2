import DeviceProtocol
import MQTTSession
public import Tape
import Threads

/// Records messages of one or several MQTT clients onto a tape until it is told to stop.
///
/// One thread does everything that may cost a message: read what the sockets have, commit, then let the acknowledgements
/// go. What a broker was acknowledged is therefore always on the disk, and what is not on the disk it delivers again.
/// What may take long stands beside it: calling brokers, taking snapshots, sealing, cutting incidents.
public final class Recorder {
    let options: RecordOptions
    let time: any TimeSource
    let report: (RecorderEvent) -> Void

    let writer: TapeWriter
    let clients: [RecordingClient]
    let wake: Int32
    let isStopping: () -> Bool
    /// Signalled when a call has an outcome.
    let answered = EventDescriptor()

    var clock: ArrivalClock
    /// The offsets of the wall clock so far, the last ones.
    var offsets: [ArrivalClock.Offset]
    var statistics = RecordingStatistics()
    var redactor: Redactor?
    let startedAt: Int64
    /// Sessions begun in this turn.
    var begun = 0
    /// The client whose turn comes first.
    private var leading = 0
    /// Messages recorded, those that wait for the next commit among them.
    var taken: Int64 = 0
    /// Arrival of the oldest message that is not committed, monotonic ns.
    var pendingSince: Int64?
    var nextUpkeep: Int64
    var nextHeartbeat: Int64
    /// The time in which the tape could not be written.
    var hold: Hold?
    /// Works beside this thread once something is being recorded.
    var sealer: BackgroundSealer?
    /// Messages committed when the sealer was told last.
    var offered: Int64 = 0
    /// What watches for incidents, if anything is to.
    var triggers: Triggers?

    static let upkeepInterval: Int64 = 1_000_000_000
    static let heartbeatInterval: Int64 = 30_000_000_000
    static let stableConnection: Int64 = 10_000_000_000
    /// How long a message may be under way from the broker to us, ns.
    static let underWay: Int64 = 1_000_000_000
    /// A broker whose socket was read empty, and that has redelivered nothing for so long, is done with it, ns.
    static let redeliveryPause: Int64 = 10_000_000_000
    static let takeoverPause: Int64 = 60_000_000_000
    /// How often a tape that somebody else has locked is tried when the recording is to end, each time for two seconds.
    static let lastAttempts = 5
    static let blockedFarewell: Int64 = 2_000_000_000
    static let answerTimeout: Int64 = 10_000_000_000
    /// How often a silent socket is read all the same, ns.
    static let lookInterval: Int64 = 100_000_000
    /// Sessions that are begun in one turn, each with commits of its own, before the others are read again.
    static let sessionsAtOnce = 4
    /// Brokers that are called at once, each on a thread.
    static let callsAtOnce = 16

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
        let now = time.monotonic
        clock = ArrivalClock(time)
        offsets = [clock.current]
        do {
            writer = try TapeWriter(path: options.path)
            clients = Self.clients(options, tape: try writer.tapeID(), at: now, wall: clock.wall(now))
        } catch {
            throw .tape(error)
        }
        triggers = options.triggers.map { Triggers($0) }
        redactor = redactionKey.map { Redactor(key: $0, rules: options.redaction) }
        startedAt = now
        nextUpkeep = now
        nextHeartbeat = now + Self.heartbeatInterval
        statistics.clients = clients.count
    }

    /// Records until told to stop, a limit is reached, or the tape cannot be written any more.
    ///
    /// The first connection of each client must succeed, unless ``RecordOptions/waitsForBroker`` or, with several
    /// clients, ``RecordOptions/bestEffort``; after it the recorder comes back by itself for ever.
    ///
    /// - Throws: ``RecorderError``. What was recorded until then is on the tape.
    public func run() throws(RecorderError) -> RecordingSummary {
        // What ends the recording otherwise must not leave threads behind; it does not wait for sealing then.
        defer {
            for client in clients { quit(client) }
            waitForCutter()
            _ = sealer?.finish(sealsRest: false)
        }
        try onTape { () throws(TapeError) in try learnEarlier() }
        while true {
            if let reason = endReason { return try end(reason) }
            begun = 0
            // Each is the first once: what a batch holds is theirs before it is the others'.
            leading = (leading + 1) % clients.count
            for offset in clients.indices { try turn(clients[(leading + offset) % clients.count]) }
            // Taken before the commit, which may last: what came meanwhile is to be read before anything else is done.
            let now = time.monotonic
            if isBatchDue(now) { try commit() }
            if now >= nextUpkeep { try upkeep(now) }
            wait()
        }
    }

    private func end(_ reason: String) throws(RecorderError) -> RecordingSummary {
        guard clients.contains(where: { $0.place != nil }) else {
            writer.discardIfUnused()
            if let failure = clients.lazy.compactMap(\.firstFailure).first { throw .connection(failure) }
            throw noAnswer(clients.first?.broker ?? "", to: "CONNECT")
        }
        report(.finishing(sealed: statistics.measures.sealed))
        try finish(reason: reason)
        try finishTriggers()
        let sealing =
            sealer?.finish(sealsRest: true) { report(.finishing(sealed: $0.sealed.messages)) }
            ?? BackgroundSealer.Report()
        return RecordingSummary(
            statistics: statistics, sessions: clients.map { writer.session(at: $0.place) },
            refused: refused, unreached: clients.filter { !$0.hasConnected }.map(\.clientID),
            sessionLost: clients.contains(where: \.sessionLost), sealing: sealing, endReason: reason)
    }

    /// Filters that brokers refused, for a person.
    var refused: [String] {
        clients.flatMap { client in
            client.refused.map { clients.count > 1 ? "\($0) (\(client.clientID))" : $0 }
        }
    }

    var endReason: String? {
        if isStopping() { return "signal" }
        if let limit = options.maximumMessages, taken >= limit { return "limit" }
        if let limit = options.maximumDuration, time.monotonic - startedAt >= limit { return "limit" }
        return nil
    }

    func finish(reason: String) throws(RecorderError) {
        for client in clients where client.place == nil {
            client.firstWait = client.firstWait ?? "the broker had not answered when the recording ended"
            try beginWaiting(client)
        }
        try commit()
        let deadline = time.monotonic + Self.blockedFarewell
        for client in clients {
            while client.isBlocked, client.failure == nil, let connection = client.connection,
                time.monotonic < deadline
            {
                _ = connection.waitUntilWritable(timeout: deadline - time.monotonic, wake: -1)
                flush(client)
            }
            // What was not acknowledged the broker delivers again to whoever resumes the session.
            client.connection?.disconnect()
            client.losses.finish()
        }
        try storeLosses()
        for client in clients { try closeHolds(client, atOnce: true) }
        for gap in clients.flatMap({ [$0.openGap?.id].compactMap(\.self) + $0.shortfalls.values.map(\.id) }) {
            try onTape { () throws(TapeError) in try writer.closeGap(gap, at: Timestamp(nanoseconds: time.wall)) }
        }
        for client in clients { client.dropConnection() }
        try upkeep(time.monotonic)
        try noteRedactions()
        try onTape { () throws(TapeError) in
            try writer.end(at: Timestamp(nanoseconds: time.wall), reason: reason)
        }
    }

    /// Ends what a client has beside the recording thread.
    private func quit(_ client: RecordingClient) {
        if case .calling(let call) = client.phase { call.giveUp() }
        client.side?.stop()
    }
}
