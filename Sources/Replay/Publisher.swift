import MQTTSession
import MQTTWire
import Tape

/// Publishes prepared messages when they are due, from one thread, never more than the socket takes.
///
/// After a lost connection a new ``PublishTarget`` is made and everything that was not done is sent again, in order,
/// before the rest. libmosquitto would resend on its own if its handle were used again, but only QoS 1 and 2 and
/// invisibly; with a new handle there is exactly one list of what is outstanding, and that is ours. For the same
/// reason QoS 2 is exactly once only as long as the connection lasts.
final class Publisher {
    let limits: PublisherLimits
    let clock: any TimeSource
    let queue: BoundedQueue
    let wake: WakeSignal
    let shouldStop: () -> Bool
    let makeTarget: () throws(ConnectionError) -> any PublishTarget
    let checkPeer: (_ peer: String?) throws(ReplayError) -> Void
    let observe: (ReplayEvent) -> Void

    var report: ReplayReport
    var lateness = Lateness()
    var schedule: ReplaySchedule
    var backoff = Backoff(seed: 1)

    var target: (any PublishTarget)?
    var maximumQoS = QualityOfService.exactlyOnce
    var window = 0
    var inFlight = InFlight()
    /// Whether the socket has taken everything that it was given.
    var isFlushed = true
    /// Whether there may be something to read.
    var isReadable = false
    var nextMaintenance: Int64 = 0
    /// When a message was last written or done, ns of the monotonic clock.
    var lastProgress: Int64 = 0
    /// Whether a message was done since the connection came about.
    var isFruitful = false
    var fruitlessConnections = 0
    /// After the broker stood still: until when connecting again may last, ns of the monotonic clock; nil once a message
    /// was done again.
    var standstillEnd: Int64?

    /// Messages of a connection that broke, to be sent first.
    var backlog: ArraySlice<OutgoingMessage> = []
    var upcoming: ArraySlice<OutgoingMessage> = []
    var sourceHasEnded = false
    /// When to stop waiting for acknowledgements after the user stopped it.
    var stopDeadline: Int64?
    var lastOffset: Int64 = 0

    init(
        pace: Pace, planned: Int64, queue: BoundedQueue, clock: any TimeSource, wake: WakeSignal,
        limits: PublisherLimits = PublisherLimits(), shouldStop: @escaping () -> Bool = { false },
        makeTarget: @escaping () throws(ConnectionError) -> any PublishTarget,
        checkPeer: @escaping (_ peer: String?) throws(ReplayError) -> Void = { _ in },
        observe: @escaping (ReplayEvent) -> Void = { _ in }
    ) {
        self.limits = limits
        self.clock = clock
        self.queue = queue
        self.wake = wake
        self.shouldStop = shouldStop
        self.makeTarget = makeTarget
        self.checkPeer = checkPeer
        self.observe = observe
        report = ReplayReport(pace: pace, planned: planned)
        schedule = ReplaySchedule(pace: pace, clock: clock)
    }

    /// Publishes everything.
    ///
    /// - Throws: ``ReplayError`` when nothing was sent because there was no connection; whatever happens later stands
    ///   in the report.
    func run() throws(ReplayError) -> ReplayReport {
        defer { queue.cancel() }
        try open()
        try awaitReadAhead()
        // The one place where recorded time is tied to the clock.
        schedule = ReplaySchedule(pace: report.pace, clock: clock)
        lastProgress = schedule.start
        observe(.started)
        report.ending = send()
        close()
        return report
    }

    private func send() -> ReplayReport.Ending {
        while true {
            do {
                return try sendOverConnection()
            } catch {
                if let ending = recover(from: error) { return ending }
            }
        }
    }

    /// Serves the connection until everything is done, or it is time to give up.
    private func sendOverConnection() throws(ConnectionError) -> ReplayReport.Ending {
        while true {
            try serve()
            if stopDeadline == nil, shouldStop() { stopSending() }
            try publishDue()
            observe(.progress(progress))
            if isExhausted {
                if inFlight.isEmpty, isFlushed { return stopDeadline == nil ? endOfSource : .interrupted }
                if let stopDeadline {
                    if clock.monotonic >= stopDeadline { return .interrupted }
                } else if isStandingStill {
                    return silence
                }
            } else if isStandingStill {
                // Once more with a new connection; if that stands still as well, nothing is to be hoped for.
                guard standstillEnd == nil, let target else { return silence }
                standstillEnd = clock.monotonic &+ limits.silence
                throw .lost(
                    broker: target.broker,
                    reason: "it took and acknowledged nothing for \(limits.silence / 1_000_000_000) s")
            }
            wait()
        }
    }

    /// Whether messages have been on their way for too long without a sign that any of them gets on.
    private var isStandingStill: Bool {
        !(inFlight.isEmpty && isFlushed) && clock.monotonic &- lastProgress >= limits.silence
    }

    private var silence: ReplayReport.Ending { .silence(seconds: limits.silence / 1_000_000_000) }

    private func close() {
        // What was never written to a socket counts as not sent, not as unacknowledged.
        let undone = inFlight.takeAll() + backlog
        report.unacknowledged = Int64(undone.count { $0.isRepeat && $0.qos != .atMostOnce })
        report.plannedDuration = report.sent > 0 ? report.pace.duration(of: lastOffset) : 0
        report.lateness = lateness.summary
        target?.disconnect()
        target = nil
    }

    /// Whether there is nothing more to publish.
    private var isExhausted: Bool {
        stopDeadline != nil || sourceHasEnded && upcoming.isEmpty && backlog.isEmpty
    }

    private(set) var endOfSource = ReplayReport.Ending.completed

    private func stopSending() {
        stopDeadline = clock.monotonic &+ limits.stopGrace
        queue.cancel()
        upcoming = []
        observe(.draining(unacknowledged: inFlight.unacknowledged))
    }

    /// The message that is to be published next; nil when there is none now.
    func nextMessage() -> OutgoingMessage? {
        if stopDeadline != nil { return nil }
        if let first = backlog.first { return first }
        if upcoming.isEmpty, !sourceHasEnded {
            switch queue.take() {
            case .messages(let messages): upcoming = messages[...]
            case .empty: break
            case .finished: sourceHasEnded = true
            case .failed(let error):
                sourceHasEnded = true
                endOfSource = .tapeFailed("\(error)")
            }
        }
        return upcoming.first
    }

    /// Takes away the message that ``nextMessage()`` named.
    func dropNext() {
        if backlog.isEmpty { upcoming = upcoming.dropFirst() } else { backlog = backlog.dropFirst() }
    }

    var progress: ReplayProgress {
        ReplayProgress(
            sent: report.sent, planned: report.planned, offset: lastOffset,
            elapsed: max(0, clock.monotonic &- schedule.start), unacknowledged: inFlight.unacknowledged)
    }
}
