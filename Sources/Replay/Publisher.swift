import DeviceProtocol
import MQTTSession
import MQTTWire
import Tape

/// Publishes prepared messages when they are due, from one thread, never more than the sockets take.
final class Publisher {
    /// How messages are to be published.
    struct Settings {
        var pace: Pace
        /// Messages of the plan; nil for no end.
        var planned: Int64?
        /// Messages a second at most, beside the pace.
        var cap: Double?
        /// How long to wait before the first message, ns.
        var delay: Int64 = 0
        var startsPaused = false
        /// How long after it was due an answer waits for its command, ns; nil when answers are sent like the rest.
        var commandTimeout: Int64?
        /// How long before its first message a device's connection is opened, ns.
        var lead: Int64 = 3_000_000_000
    }

    let settings: Settings
    let host: LaneHost
    let lanes: LaneTable
    let clock: any TimeSource
    let controls: ControlMailbox
    let shouldStop: () -> Bool
    /// Reads on from another place.
    let restart: ((SeekIndex.Place) throws(ReplayError) -> BoundedQueue)?
    let index: SeekIndex

    var queue: BoundedQueue
    var schedule: ReplaySchedule
    var gate: CommandGate?
    var cap: RateCap?
    var pace: Pace

    var upcoming: ArraySlice<Cue> = []
    /// The connection that holds the next message already, and when it is due, ns of the monotonic clock.
    var staged: (lane: Lane, deadline: Int64)?
    var sourceHasEnded = false
    /// Connections that will be needed, in order.
    var announced: ArraySlice<BoundedQueue.Announcement> = []
    /// Messages that went through the schedule so far.
    var count: Int64 = 0
    /// No message leaves before this where recorded time does not count, ns of the monotonic clock.
    var notBefore = Int64.min
    /// Whether what held before the window is being sent; recorded time begins after it.
    var isPrelude = false
    var isPaused = false
    var pausedAt: Int64 = 0
    /// Messages to send although it is paused.
    var steps = 0
    /// Where in recorded time to go on from as soon as messages are there.
    var seekTarget: Int64?
    /// When to stop waiting for acknowledgements after the user stopped it.
    var stopDeadline: Int64?
    var endOfSource = ReplayReport.Ending.completed
    var nextProgress: Int64 = .min
    var nextExpiry: Int64 = .min

    init(
        _ settings: Settings, queue: BoundedQueue, host: LaneHost, mode: ConnectionMode = .single,
        controls: ControlMailbox, index: SeekIndex = SeekIndex(), shouldStop: @escaping () -> Bool,
        restart: ((SeekIndex.Place) throws(ReplayError) -> BoundedQueue)? = nil
    ) {
        self.settings = settings
        self.queue = queue
        self.host = host
        self.controls = controls
        self.index = index
        self.shouldStop = shouldStop
        self.restart = restart
        clock = host.clock
        pace = settings.pace
        lanes = LaneTable(mode, listens: settings.commandTimeout != nil, host: host)
        gate = settings.commandTimeout.map { _ in CommandGate() }
        cap = settings.cap.map(RateCap.init(messagesPerSecond:))
        schedule = ReplaySchedule(rate: pace.lineRate ?? 1, isHeld: true)
    }

    /// Publishes everything.
    ///
    /// - Throws: ``ReplayError`` when nothing was sent because there was no connection; whatever happens later stands
    ///   in the report.
    func run() throws(ReplayError) -> ReplayReport {
        defer { queue.cancel() }
        host.receive = { [unowned self] in receive($0) }
        defer { host.receive = { _ in } }
        do {
            try connect(lanes.permanent)
            try awaitReadAhead()
            try connect(imminent())
        } catch {
            lanes.close()
            throw error
        }
        start()
        host.observe(.started)
        host.report.ending = send()
        close()
        return host.report
    }

    /// Ties recorded time to the clock.
    private func start() {
        let now = clock.monotonic
        host.start = now &+ settings.delay
        notBefore = host.start
        isPaused = settings.startsPaused
        pausedAt = now
        isPrelude = nextCue()?.message.isState ?? false
        schedule = ReplaySchedule(
            at: 0, instant: host.start, rate: pace.lineRate ?? 1, isHeld: isPaused || isPrelude)
        for lane in lanes.all { lane.lastProgress = host.start }
    }

    /// Lets recorded time begin once everything that held before was handed over.
    private func endPrelude() {
        guard isPrelude, seekTarget == nil, nextCue().map({ !$0.message.isState }) ?? sourceHasEnded else { return }
        isPrelude = false
        count = 0
        host.start = max(host.start, clock.monotonic)
        schedule.jump(to: 0, at: host.start)
        if !isPaused { schedule.release(at: host.start) }
    }

    /// Serves the connections until everything is done, or it is time to give up.
    private func send() -> ReplayReport.Ending {
        while true {
            lanes.serve()
            // A message that is handed over already leaves at its time, whatever a person wants within that time.
            if staged == nil {
                if stopDeadline == nil, shouldStop() { stopSending() }
                for control in controls.take() { apply(control) }
            }
            followSeek()
            endPrelude()
            publishDue()
            let now = clock.monotonic
            openAnnounced(now)
            expireAnswers(now)
            host.isEnding = isExhausted
            lanes.tick(now)
            showProgress(now)
            if let ending = ending(now) { return ending }
            wait()
        }
    }

    private func ending(_ now: Int64) -> ReplayReport.Ending? {
        if let stopDeadline { return lanes.isDrained || now >= stopDeadline ? .interrupted : nil }
        if let end = lanes.end { return shouldStop() ? .interrupted : end }
        return isExhausted && lanes.isIdle ? endOfSource : nil
    }

    private func close() {
        if isPaused { host.report.paused += clock.monotonic &- pausedAt }
        lanes.close()
        if let gate { host.report.closedLoop?.commands = gate.commandsSeen }
        host.report.plannedDuration = max(0, (host.lastDeadline ?? host.start) &- host.start)
        host.report.lateness = host.lateness.summary
        if let planned = settings.planned {
            host.report.planned = planned
        } else {
            host.report.planned = host.report.sent + host.report.unsendable
        }
    }

    /// Whether there is nothing more to publish.
    var isExhausted: Bool {
        stopDeadline != nil || sourceHasEnded && upcoming.isEmpty && gate?.isEmpty ?? true && seekTarget == nil
    }

    func stopSending() {
        stopDeadline = clock.monotonic &+ host.limits.stopGrace
        host.isStopped = true
        queue.cancel()
        upcoming = []
        gate?.clear()
        host.observe(.draining(unacknowledged: lanes.unacknowledged))
    }

    private func showProgress(_ now: Int64) {
        guard now >= nextProgress else { return }
        nextProgress = now &+ 100_000_000
        host.observe(.progress(progress(now)))
        host.recentLateness = 0
    }
}
