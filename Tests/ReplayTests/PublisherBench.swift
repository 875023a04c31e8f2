import MQTTSession
import Tape
import Threads

@testable import Replay

/// A publisher with everything around it scripted: the clock, the targets, the person.
final class PublisherBench {
    let clock: ManualClock
    let waiter: ManualWaiter
    let controls: ControlMailbox
    var settings: Publisher.Settings
    var mode = ConnectionMode.single
    var limits = PublisherLimits()
    var stopAt = Int64.max
    var checkPeer: (String?) throws(ReplayError) -> Void = { _ in }
    var makeTarget: (LaneRole) -> ScriptedTarget
    /// Why the tape cannot be read behind the messages.
    var failure: (any Error)?
    /// Whether the tape is still being read behind the messages.
    var isReading = false
    /// What is published before the messages.
    var prelude: [Cue] = []
    private let cues: [Cue]
    private let wake = EventDescriptor()

    init(_ clock: ManualClock, _ cues: [Cue]) {
        self.clock = clock
        self.cues = cues
        waiter = ManualWaiter(clock)
        controls = ControlMailbox(wake: wake)
        settings = Publisher.Settings(pace: .rate(1), planned: Int64(cues.count))
        makeTarget = { [clock] _ in ScriptedTarget(clock) }
    }

    /// The messages.
    var allCues: [Cue] { cues }

    /// Lets something happen so many ns after the start.
    func at(_ offset: Int64, _ happens: @escaping () -> Void) {
        waiter.plan.append((clock.monotonic + offset, happens))
    }

    /// Presses a key so many ns after the start.
    func press(_ control: ReplayControl, at offset: Int64) {
        at(offset) { [controls] in controls.send(control) }
    }

    func run() throws -> ReplayReport {
        let opener = DirectOpener { [makeTarget] role throws(ConnectionError) in makeTarget(role) }
        var report = ReplayReport(pace: settings.pace, planned: settings.planned ?? 0)
        if settings.commandTimeout != nil { report.closedLoop = ReplayReport.ClosedLoop() }
        let host = LaneHost(
            report: report, limits: limits, clock: clock, opener: opener, waiter: waiter, checkPeer: checkPeer,
            observe: { _ in })
        let publisher = Publisher(
            planning(), queue: queue(from: 0), host: host, mode: mode, controls: controls,
            shouldStop: { [clock, stopAt] in clock.monotonic >= stopAt },
            restart: { place throws(ReplayError) in self.queue(from: place.offset) })
        return try publisher.run()
    }

    private func planning() -> Publisher.Settings {
        var settings = settings
        settings.planned = Int64(prelude.count + cues.count)
        return settings
    }

    private func queue(from offset: Int64) -> BoundedQueue {
        let queue = BoundedQueue(limits: .init(messages: 100_000, bytes: .max), wake: wake)
        for cue in prelude + cues where cue.message.offset >= offset {
            if mode != .single { queue.announce(.init(connection: cue.connection, offset: cue.message.offset)) }
            _ = queue.push(cue)
        }
        if !isReading { queue.finish(failure) }
        return queue
    }
}
