import CLinux
import DeviceProtocol
public import MQTTSession
import Tape
public import Threads

/// One replay, from the connection to the report.
public struct ReplayRun {
    /// How it goes on in time.
    public struct Timing: Sendable {
        /// How fast.
        public var pace = Pace.rate(1)
        /// How often.
        public var repetition = Repetition.once
        /// Messages a second at most; nil for as many as there are.
        public var cap: Double?
        /// How long to wait before the first message, ns.
        public var delay: Int64 = 0
        /// Whether it waits for a person before the first message.
        public var startsPaused = false

        /// Once, in the original timing.
        public init() {}
    }

    /// What to replay.
    public var script: ReplayScript
    /// What it comes to; made from the same script.
    public var plan: ReplayPlan
    /// When.
    public var timing: Timing
    /// Where to.
    public var target: ConnectionOptions
    /// Over which connections; a device without a login of its own has its id as client id, and the user name and
    /// password of ``target``.
    public var mode = ConnectionMode.single
    /// How long after it was due an answer waits for the command that it answers, ns; nil when it does not wait.
    public var commandTimeout: Int64?
    /// Where not to; nil when every broker is allowed.
    public var sourceGuard: SourceGuard?
    /// What ends a wait early.
    public var wake: EventDescriptor
    /// Where a person's wishes arrive.
    public var controls: ControlMailbox

    /// Puts a replay together.
    public init(
        script: ReplayScript, plan: ReplayPlan, timing: Timing, target: ConnectionOptions, sourceGuard: SourceGuard?,
        wake: EventDescriptor, controls: ControlMailbox
    ) {
        self.script = script
        self.plan = plan
        self.timing = timing
        self.target = target
        self.sourceGuard = sourceGuard
        self.wake = wake
        self.controls = controls
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
        try checkConnections()
        let order = order
        let readAhead = try ReadAhead(order, wake: wake)
        let publisher = Publisher(
            settings, queue: readAhead.queue, host: host(observe), mode: mode, controls: controls, index: order.index,
            shouldStop: shouldStop,
            restart: { [wake] place throws(ReplayError) in try ReadAhead(order, from: place, wake: wake).queue })
        return try publisher.run()
    }

    /// Recorded time from the first message to the last of the last round, ns; nil for no end.
    public var length: Int64? { plan.duration(at: .rate(1), timing.repetition) }

    private var order: ReadAhead.Order {
        var order = ReadAhead.Order(script: script, lastSequence: plan.lastSequence)
        order.repetition = timing.repetition
        if case .perDevice = mode { order.usesConnectionPerDevice = true }
        order.tiesAnswers = commandTimeout != nil
        return order
    }

    private var settings: Publisher.Settings {
        Publisher.Settings(
            pace: timing.pace, planned: timing.repetition.total(plan.messages), cap: timing.cap, delay: timing.delay,
            startsPaused: timing.startsPaused, commandTimeout: commandTimeout)
    }

    private func host(_ observe: @escaping (ReplayEvent) -> Void) -> LaneHost {
        var report = ReplayReport(
            pace: timing.pace, planned: timing.repetition.total(plan.messages) ?? plan.messages)
        if commandTimeout != nil { report.closedLoop = ReplayReport.ClosedLoop() }
        return LaneHost(
            report: report, limits: PublisherLimits(), clock: SystemTimeSource(), opener: opener,
            waiter: SocketWaiter(wake: wake),
            checkPeer: { [sourceGuard, target] peer throws(ReplayError) in
                guard let peer, let match = sourceGuard?.match(peer: peer, target: target.address) else { return }
                throw .source(match)
            },
            observe: observe)
    }

    private var opener: any ConnectionOpener {
        let make: @Sendable (LaneRole) throws(ConnectionError) -> any PublishTarget = {
            [target, script] role throws(ConnectionError) in
            var options = target
            switch role {
            case .main: break
            case .listener: options.clientID = ReplayIdentity.fresh()
            case .device(let device):
                options.clientID = device.text
                if let login = script.login(of: device) {
                    options.clientID = login.clientID
                    options.username = login.username
                    options.password = login.password
                }
            }
            return try BrokerConnection(options)
        }
        return mode == .single ? DirectOpener(make) : ThreadedOpener(wake: wake, make)
    }

    /// Refuses early what would fail in the middle.
    private func checkConnections() throws(ReplayError) {
        guard case .perDevice(let limit) = mode else { return }
        let (devices, overflow) = plan.devices.count.multipliedReportingOverflow(
            by: script.transformation.fanOut.copies)
        guard !overflow, devices <= limit else {
            throw .tooManyConnections(devices: devices, limit: limit, isSystem: false)
        }
        // A socket each, and what the rest of the program has open.
        let wanted = Int64(devices) + 128
        let available = tapedeck_raise_descriptor_limit(wanted)
        guard available >= wanted else {
            throw .tooManyConnections(devices: devices, limit: Int(max(0, available - 128)), isSystem: true)
        }
    }
}
