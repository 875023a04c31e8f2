/// Fleet and cloud wired together in memory, without a broker.
///
/// Every message reaches the other side after a fixed delay. Endless; a `for` loop needs a `prefix` or a `break`.
public struct SimulatedSession: Sequence, IteratorProtocol, Sendable {
    /// How long a message is on its way, ns.
    public static let latency: Int64 = 5_000_000

    /// The devices.
    public private(set) var fleet: FleetModel
    /// Their cloud.
    public private(set) var cloud: CloudModel
    /// What is on its way; the delay is the same for all, so that the order is that of sending.
    private var travelling: [SimulatedPublish] = []
    private var delivered = 0

    /// A session that begins when the settings say.
    public init(_ settings: SimulationSettings) {
        let roster = DeviceProfile.roster(settings)
        fleet = FleetModel(settings, roster: roster)
        cloud = CloudModel(settings, roster: roster)
    }

    /// The next message, in the order of time.
    public mutating func next() -> SimulatedPublish? {
        while true {
            let due = Swift.min(fleet.nextDue, cloud.nextDue)
            if delivered < travelling.count, travelling[delivered].dueOffset &+ Self.latency <= due {
                deliver()
            } else if let message = fleet.nextDue <= cloud.nextDue ? fleet.next(through: due) : cloud.next(through: due)
            {
                travelling.append(message)
                return message
            }
        }
    }

    private mutating func deliver() {
        let message = travelling[delivered]
        delivered += 1
        // What has arrived is dropped now and then, not each time: that moves the rest to the front.
        if delivered == 1_024 {
            travelling.removeFirst(delivered)
            delivered = 0
        }
        let now = message.dueOffset &+ Self.latency
        switch message.side {
        case .fleet:
            cloud.receive(topic: message.topic, payload: message.payload, properties: message.properties, at: now)
        case .cloud:
            fleet.receive(topic: message.topic, payload: message.payload, properties: message.properties, at: now)
        }
    }
}
