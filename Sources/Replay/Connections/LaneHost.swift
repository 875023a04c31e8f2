import DeviceProtocol
import MQTTSession
import Tape

/// What all connections of a replay have in common: the clock, the limits, and the one report that they fill.
final class LaneHost {
    let limits: PublisherLimits
    let clock: any TimeSource
    let opener: any ConnectionOpener
    let waiter: any LaneWaiter
    let checkPeer: (_ peer: String?) throws(ReplayError) -> Void
    let observe: (ReplayEvent) -> Void
    /// Hears what the target publishes, where it was subscribed to.
    var receive: (IncomingMessage) -> Void = { _ in }

    var report: ReplayReport
    var lateness = Lateness()
    /// The instant at which the schedule began, ns of the monotonic clock.
    var start: Int64 = 0
    /// When the last of the messages written was due, ns of the monotonic clock.
    var lastDeadline: Int64?
    /// Recorded time of the furthest message written, ns.
    var lastOffset: Int64 = 0
    /// The greatest lateness since somebody asked, ns.
    var recentLateness: Int64 = 0
    /// Bytes of messages on their way or waiting for a connection, about.
    var bytes = 0
    /// Messages waiting for a connection.
    var parked = 0
    /// Lanes that were given messages since they were last written, where not each message is written for itself.
    var written: [Lane] = []
    /// Lanes that have something to read, to write or to send.
    var attention: [Lane] = []
    /// Whether nothing more is going to be sent, so that a connection that stands still is not worth a second one.
    var isEnding = false
    /// Whether nothing more may be sent.
    var isStopped = false
    /// Whether a connection has changed so that its timers must be looked at.
    var needsTick = true

    init(
        report: ReplayReport, limits: PublisherLimits, clock: any TimeSource, opener: any ConnectionOpener,
        waiter: any LaneWaiter, checkPeer: @escaping (_ peer: String?) throws(ReplayError) -> Void,
        observe: @escaping (ReplayEvent) -> Void
    ) {
        self.report = report
        self.limits = limits
        self.clock = clock
        self.opener = opener
        self.waiter = waiter
        self.checkPeer = checkPeer
        self.observe = observe
    }

    /// Takes note of a message that has reached a socket.
    func noteWritten(_ entry: InFlight.Entry, at now: Int64) {
        if entry.message.isRepeat {
            report.repeated += 1
            return
        }
        report.sent += 1
        report.sentBytes += Int64(entry.message.size)
        report.duration = now &- start
        lastOffset = max(lastOffset, entry.message.offset)
        guard let deadline = entry.deadline else { return }
        lastDeadline = max(lastDeadline ?? deadline, deadline)
        recentLateness = max(recentLateness, now &- deadline)
        lateness.record(now &- deadline)
    }
}

/// Whose connection it is.
enum LaneRole: Sendable, Hashable {
    /// The one of the replay.
    case main
    /// The one of a device.
    case device(DeviceID)
    /// The one that listens to the target's commands.
    case listener
}
