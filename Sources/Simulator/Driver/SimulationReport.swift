/// What a simulation has done so far.
public struct SimulationReport: Sendable, Hashable {
    /// Messages handed to the broker by devices.
    public var fleetMessages = 0
    /// Messages handed to the broker by the cloud.
    public var cloudMessages = 0
    /// Messages of the fleet that were odd on purpose.
    public var oddMessages = 0
    /// Messages that the broker acknowledged with a failure.
    public var rejectedMessages = 0
    /// Messages that MQTT or this broker cannot carry; they were not sent.
    public var unsendableMessages = 0
    /// Messages on their way when a connection was lost; nobody knows whether the broker has them.
    public var unconfirmedMessages = 0
    /// Commands sent for the first time.
    public var issuedCommands = 0
    /// Commands that their device ended.
    public var endedCommands = 0
    /// Connections made again after a loss.
    public var reconnects = 0
    /// Topic filters that the broker refused.
    public var refusedFilters: [String] = []
    /// How long the simulation has run, ns.
    public var elapsed: Int64 = 0
    /// How far behind its schedule the fleet was at most, ns.
    public var greatestDelay: Int64 = 0

    /// Nothing done yet.
    public init() {}
}

/// When a simulation ends by itself.
public struct SimulationLimits: Sendable, Hashable {
    /// How long it runs, ns; nil for no limit.
    public var duration: Int64?
    /// How many messages the fleet sends; nil for no limit.
    public var count: Int?

    /// No limits, or some.
    public init(duration: Int64? = nil, count: Int? = nil) {
        self.duration = duration
        self.count = count
    }
}
