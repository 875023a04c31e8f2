import DeviceProtocol
public import MQTTSession
import MQTTWire

/// Runs fleet and cloud, or one of them, against a broker, each over a connection of its own, on the calling thread.
public struct SimulationDriver {
    /// What the driver asks its caller, and tells it.
    public struct Host {
        /// A clock that never steps, ns.
        public var monotonic: () -> Int64
        /// The wall clock, ns since the Unix epoch.
        public var wall: () -> Int64
        /// Whether the simulation shall end now.
        public var shouldStop: () -> Bool
        /// A descriptor that becomes readable when ``shouldStop`` changes, or -1.
        public var wake: Int32
        /// Hears often how far the simulation is.
        public var progress: (SimulationReport) -> Void
        /// Hears what a person should know, a sentence at a time.
        public var note: (String) -> Void

        /// A host with everything that the driver needs.
        public init(
            monotonic: @escaping () -> Int64, wall: @escaping () -> Int64, shouldStop: @escaping () -> Bool,
            wake: Int32, progress: @escaping (SimulationReport) -> Void, note: @escaping (String) -> Void
        ) {
            self.monotonic = monotonic
            self.wall = wall
            self.shouldStop = shouldStop
            self.wake = wake
            self.progress = progress
            self.note = note
        }
    }

    private let limits: SimulationLimits
    private let host: Host
    private var settings: SimulationSettings
    private var models: (fleet: FleetModel, cloud: CloudModel)?
    /// Nil where somebody else plays the fleet.
    private var fleet: BrokerLink?
    /// Nil where somebody else plays the cloud.
    private var cloud: BrokerLink?
    private var report = SimulationReport()
    /// When the simulation began, on the monotonic clock.
    private var began: Int64 = 0

    /// How many messages are handed over between two looks at the connections.
    private static let burst = 256
    /// The longest wait, ns: only one of the two sockets can be waited for, the other is looked at this often.
    private static let glance: Int64 = 3_000_000
    /// How many messages that cannot be sent are told of one by one.
    private static let unsendableNotes = 5
    /// How long the end waits for the last acknowledgements, ns.
    private static let farewell: Int64 = 2_000_000_000

    /// Prepares both connections; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - settings: what decides on the messages; `start` is set when the broker is reached.
    ///   - limits: when to end.
    ///   - fleet: the connection of the devices; nil to leave them to others.
    ///   - cloud: the connection of the cloud, with another client id; nil to leave it to others.
    ///   - host: what the driver asks and tells.
    /// - Throws: ``ConnectionError/invalidOption(name:reason:)``.
    public init(
        _ settings: SimulationSettings, limits: SimulationLimits, fleet: ConnectionOptions?, cloud: ConnectionOptions?,
        host: Host
    ) throws(ConnectionError) {
        self.settings = settings
        self.limits = limits
        self.host = host
        if let fleet { self.fleet = try BrokerLink(fleet, subscriptions: Self.downward, seed: settings.seed) }
        if let cloud { self.cloud = try BrokerLink(cloud, subscriptions: Self.upward, seed: settings.seed &+ 1) }
    }

    /// Runs until a limit is reached or the host wants the end, and waits a moment for the last acknowledgements.
    ///
    /// - Returns: what was done.
    /// - Throws: ``ConnectionError`` when the broker cannot be reached at first, or refuses for good.
    public mutating func run() throws(ConnectionError) -> SimulationReport {
        var isAnnounced = fleet != nil
        while !host.shouldStop() {
            let now = host.monotonic()
            try look(at: now)
            if !isAnnounced, cloud?.isReady ?? false {
                isAnnounced = true
                host.note("the cloud is connected and waits for the first message of a device")
            }
            if models == nil, let fleet, fleet.isReady, cloud?.isReady ?? true { begin(now) }
            if isOver(now) { break }
            try publish(now)
            tell(now)
            pause(now)
        }
        try settle()
        fleet?.close()
        cloud?.close()
        return report
    }

    private mutating func begin(_ now: Int64) {
        began = now
        settings.start.nanoseconds = host.wall()
        models = (FleetModel(settings), CloudModel(settings))
        let sides = [fleet.map { _ in "the fleet" }, cloud.map { _ in "the cloud" }].compactMap(\.self)
        host.note("\(sides.joined(separator: " and ")) began")
    }

    /// Begins with the first message of a fleet that somebody else plays, at the instant at which our own fleet would
    /// have sent it: both sides are then as far apart as they are when they begin together.
    private mutating func begin(with messages: [IncomingMessage], _ now: Int64) {
        guard models == nil, fleet == nil, messages.contains(where: { !$0.retain }) else { return }
        let lead = FleetModel(settings).nextDue
        began = now &- lead
        settings.start.nanoseconds = host.wall() &- lead
        models = (FleetModel(settings), CloudModel(settings))
        host.note("the cloud began, with the first message of a device")
    }

    private func isOver(_ now: Int64) -> Bool {
        guard models != nil else { return false }
        return limits.duration.map { now &- began >= $0 } ?? false || isCounted
    }

    /// Whether the fleet has sent as much as it should.
    private var isCounted: Bool {
        limits.count.map { report.fleetMessages >= $0 } ?? false
    }

    /// Takes what has arrived on either side to the model of that side.
    private mutating func look(at now: Int64) throws(ConnectionError) {
        let offset = now &- began
        if let toFleet = try fleet?.look(at: now) {
            account(for: toFleet, "the fleet")
            if toFleet.isReadyAgain { models?.fleet.resume(at: offset) }
            for message in toFleet.messages {
                models?.fleet.receive(
                    topic: message.topic, payload: message.payload, properties: message.properties, at: offset)
            }
        }
        if let toCloud = try cloud?.look(at: now) {
            account(for: toCloud, "the cloud")
            begin(with: toCloud.messages, now)
            for message in toCloud.messages {
                models?.cloud.receive(
                    topic: message.topic, payload: message.payload, properties: message.properties, at: now &- began)
            }
        }
    }

    private mutating func account(for progress: BrokerLink.Progress, _ side: String) {
        report.rejectedMessages += progress.rejected
        report.unconfirmedMessages += progress.unconfirmed
        for reason in progress.unsendable {
            report.unsendableMessages += 1
            if report.unsendableMessages <= Self.unsendableNotes { host.note("\(side): \(reason)") }
        }
        for filter in progress.refused {
            report.refusedFilters.append(filter.text)
            host.note("the broker refuses \(side) the subscription to \(filter.text)")
        }
        if let loss = progress.loss { host.note("\(side): \(loss); trying again") }
        if progress.isReadyAgain {
            report.reconnects += 1
            host.note("\(side) is connected again")
        }
    }

    private mutating func publish(_ now: Int64) throws(ConnectionError) {
        let offset = now &- began
        if var (fleetModel, cloudModel) = models {
            // Gives up the other reference while the models change, so that they are not copied.
            models = nil
            defer { models = (fleetModel, cloudModel) }
            try publishFleet(&fleetModel, through: offset, now)
            try publishCloud(&cloudModel, through: offset, now)
        }
        if let progress = try fleet?.flush(at: now) { account(for: progress, "the fleet") }
        if let progress = try cloud?.flush(at: now) { account(for: progress, "the cloud") }
    }

    private mutating func publishFleet(
        _ model: inout FleetModel, through offset: Int64, _ now: Int64
    ) throws(ConnectionError) {
        var progress = BrokerLink.Progress()
        for _ in 0..<Self.burst where fleet?.hasRoom ?? false && !isCounted {
            guard let message = model.next(through: offset) else { break }
            report.fleetMessages += 1
            report.oddMessages += message.oddity == nil ? 0 : 1
            report.greatestDelay = max(report.greatestDelay, offset &- message.dueOffset)
            try fleet?.publish(message, at: now, &progress)
        }
        account(for: progress, "the fleet")
    }

    private mutating func publishCloud(
        _ model: inout CloudModel, through offset: Int64, _ now: Int64
    ) throws(ConnectionError) {
        var progress = BrokerLink.Progress()
        for _ in 0..<Self.burst where cloud?.hasRoom ?? false {
            guard let message = model.next(through: offset) else { break }
            report.cloudMessages += 1
            try cloud?.publish(message, at: now, &progress)
        }
        account(for: progress, "the cloud")
        report.issuedCommands = model.issuedCommands
        report.endedCommands = model.endedCommands
    }

    private mutating func tell(_ now: Int64) {
        guard models != nil else { return }
        report.elapsed = now &- began
        host.progress(report)
    }

    /// Waits until something arrives or is due.
    private func pause(_ now: Int64) {
        var timeout = Self.glance
        if let models {
            let due = min(
                fleet?.hasRoom ?? false ? models.fleet.nextDue : .max,
                cloud?.hasRoom ?? false ? models.cloud.nextDue : .max)
            timeout = min(timeout, max(0, due &- (now &- began)))
        }
        guard timeout > 0 else { return }
        (fleet ?? cloud)?.wait(timeout, wake: host.wake)
    }

    /// Gives the broker a moment to acknowledge what is on its way.
    private mutating func settle() throws(ConnectionError) {
        let end = host.monotonic() &+ Self.farewell
        while fleet?.isReady ?? true, cloud?.isReady ?? true,
            !(fleet?.isSettled ?? true && cloud?.isSettled ?? true), host.monotonic() < end
        {
            let now = host.monotonic()
            if let progress = try fleet?.look(at: now) { account(for: progress, "the fleet") }
            if let progress = try cloud?.look(at: now) { account(for: progress, "the cloud") }
            (fleet ?? cloud)?.wait(Self.glance, wake: -1)
        }
    }

    /// What the devices listen to.
    private static var downward: [BrokerLink.Subscription] {
        subscriptions([
            "config", "commands", "command", "command/children", "license", "space_info", "firmware", "incidents",
        ])
    }

    /// What the cloud listens to; samples at QoS 0, because hardly anything depends on them.
    private static var upward: [BrokerLink.Subscription] {
        subscriptions(["telemetry"], qos: .atMostOnce)
            + subscriptions([
                "config/update", "commands/update", "license/update", "update", "cloud_settings/update", "get",
            ])
    }

    private static func subscriptions(
        _ suffixes: [String], qos: QualityOfService = .atLeastOnce
    ) -> [BrokerLink.Subscription] {
        suffixes.compactMap { suffix in (try? TopicFilter("v1/device/+/" + suffix)).map { ($0, qos) } }
    }
}
