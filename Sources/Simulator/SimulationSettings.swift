public import DeviceProtocol

/// What decides on every message of a simulation; the same settings give the same messages.
public struct SimulationSettings: Sendable, Hashable {
    /// How many devices there are, at least one.
    public private(set) var devices: Int
    /// Telemetry of the whole fleet, messages a second; answers and the cloud's messages come on top.
    public private(set) var rate: Double
    /// What all that is random derives from.
    public var seed: UInt64
    /// The share of the fleet's messages that is odd or broken on purpose, 0 to 1.
    public private(set) var oddShare: Double
    /// What the ids and keys of the devices derive from: another fleet that lives through the same; nil for ``seed``.
    public var identitySeed: UInt64?
    /// What the cloud does wrong.
    public var faults: Set<CloudFault> = []
    /// When the simulation begins; every timestamp in a payload derives from it.
    public var start: Timestamp

    /// A fleet whose devices each speak every ten seconds, unless another rate is given.
    ///
    /// What lies outside of its range becomes the nearest value inside: 1 to 1,000,000 devices, 0.0001 to 10,000,000
    /// messages a second.
    public init(
        devices: Int = 20, rate: Double? = nil, seed: UInt64 = 1, oddShare: Double = 0,
        start: Timestamp = Timestamp(nanoseconds: 1_767_225_600_000_000_000)
    ) {
        self.devices = min(max(1, devices), 1_000_000)
        let wanted = rate ?? Double(self.devices) / 10
        self.rate = wanted.isFinite ? min(max(wanted, 0.000_1), 10_000_000) : 1
        self.seed = seed
        self.oddShare = oddShare.isFinite ? min(max(0, oddShare), 1) : 0
        self.start = start
    }

    /// How long a device waits between two samples, ns.
    var period: Int64 { Int64(min(Double(devices) / rate * 1e9, 1e18)) }

    /// How long it takes until every device has come online at the beginning, ns.
    var arrival: Int64 { min(period / 2, 10_000_000_000) }

    /// A point of the simulation as wall time.
    func time(_ offset: Int64) -> Timestamp {
        Timestamp(nanoseconds: start.nanoseconds &+ offset)
    }
}
