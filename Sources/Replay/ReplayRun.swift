public import MQTTSession
import Tape

/// One replay, from the connection to the report.
public struct ReplayRun {
    /// What to replay.
    public var script: ReplayScript
    /// What it comes to; made from the same script.
    public var plan: ReplayPlan
    /// How fast.
    public var pace: Pace
    /// Where to.
    public var target: ConnectionOptions
    /// Where not to; nil when every broker is allowed.
    public var sourceGuard: SourceGuard?
    /// What ends a wait early.
    public var wake: WakeSignal

    /// Puts a replay together.
    public init(
        script: ReplayScript, plan: ReplayPlan, pace: Pace, target: ConnectionOptions, sourceGuard: SourceGuard?,
        wake: WakeSignal
    ) {
        self.script = script
        self.plan = plan
        self.pace = pace
        self.target = target
        self.sourceGuard = sourceGuard
        self.wake = wake
    }

    /// Publishes everything that the plan holds; the calling thread waits and works until it is done.
    ///
    /// - Parameters:
    ///   - shouldStop: asked often; once true, sending ends, and acknowledgements are awaited for a few seconds.
    ///   - observe: told what happens, on the calling thread.
    /// - Returns: how it went, also where the connection broke for good.
    /// - Throws: ``ReplayError`` when nothing was sent.
    public func run(
        shouldStop: @escaping () -> Bool, observe: @escaping (ReplayEvent) -> Void
    ) throws(ReplayError) -> ReplayReport {
        if let match = sourceGuard?.match(target.address) { throw .source(match) }
        let readAhead = try ReadAhead(script, through: plan.lastSequence, wake: wake)
        let publisher = Publisher(
            pace: pace, planned: plan.messages, queue: readAhead.queue, clock: SystemTimeSource(), wake: wake,
            shouldStop: shouldStop,
            makeTarget: { [target] () throws(ConnectionError) in try BrokerConnection(target) },
            checkPeer: { [sourceGuard, target] peer throws(ReplayError) in
                guard let peer, let match = sourceGuard?.match(peer: peer, target: target.address) else { return }
                throw .source(match)
            },
            observe: observe)
        return try publisher.run()
    }
}
