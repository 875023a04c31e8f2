import DeviceProtocol
public import MQTTWire

/// The cloud's side of the simulation: pure and without a clock of its own, like ``FleetModel``.
public struct CloudModel: Sendable {
    /// Something that the cloud has to do at a time that is already known.
    enum Task: Sendable {
        /// A message to a device.
        case publish(Int, Content)
        /// The end of the cloud's patience with the commands of that batch.
        case giveUp(Int, batch: Int)
        /// The next command of a device's queue.
        case nextCommand(Int)
    }

    /// What a message to a device is about; its fields are taken when it is sent.
    enum Content: Sendable {
        case spaceInfo
        case config
        case commands
        case nothingPending
        case licenses
        case firmware
        case incident(issue: String, title: String, priority: String)
    }

    /// What decides on every message.
    public let settings: SimulationSettings
    /// How many commands were sent for the first time.
    public internal(set) var issuedCommands = 0
    /// How many commands their device ended, well or badly.
    public internal(set) var endedCommands = 0
    /// What is still to be done wrong.
    var faults: Set<CloudFault>
    let roster: [DeviceProfile]
    var devices: [CloudDevice]
    var agenda = Agenda<Task>()
    private let positions: [DeviceID: Int]
    private var slot: Int64 = 0
    private var operators: SeededGenerator

    /// How long the cloud waits for the end of a command until an operator withdraws it, ns.
    ///
    /// Devices are not told.
    public static let patience: Int64 = 45_000_000_000

    /// The cloud of the fleet with the same settings.
    public init(_ settings: SimulationSettings) {
        self.init(settings, roster: DeviceProfile.roster(settings))
    }

    init(_ settings: SimulationSettings, roster: [DeviceProfile]) {
        self.settings = settings
        self.roster = roster
        faults = settings.faults
        devices = roster.map { CloudDevice($0, settings: settings) }
        positions = DeviceProfile.positions(roster)
        operators = SeededGenerator(seed: settings.seed, stream: 0x0be7_a702)
    }

    /// When the next message may be due, ns since the start of the simulation.
    public var nextDue: Int64 { min(slotDue, agenda.nextDue ?? .max) }

    /// Takes out the next message that is due.
    ///
    /// - Parameter now: ns since the start of the simulation.
    /// - Returns: nil when nothing is due by then.
    public mutating func next(through now: Int64) -> SimulatedPublish? {
        while nextDue <= now {
            if slotDue < agenda.nextDue ?? .max {
                takeSlot()
            } else if let (due, task) = agenda.popFirst(), let publish = perform(task, at: due) {
                return publish
            }
        }
        return nil
    }

    /// Takes a message of a device; what concerns no device of this fleet is ignored.
    ///
    /// - Parameters:
    ///   - topic: where it was published.
    ///   - payload: its bytes.
    ///   - properties: its MQTT 5 properties.
    ///   - now: when it arrived, ns since the start of the simulation.
    public mutating func receive(topic: String, payload: [UInt8], properties: PublishProperties, at now: Int64) {
        let parsed = DeviceTopic.parse(topic)
        guard let device = parsed.device, let index = positions[device] else { return }
        // Samples are most of the traffic and mean something here only where incidents are published.
        if parsed.kind == .telemetry, !roster[index].secondGeneration { return }
        let decoded = DecodedMessage.decode(topic: parsed, payload: payload, properties: properties)
        react(index, to: decoded, at: now)
    }

    /// How many things operators do in a second: in proportion to the samples, but never more than people would.
    private var activity: Double { min(settings.rate / 15, max(2, Double(settings.devices) / 5)) }

    private var slotDue: Int64 {
        settings.arrival &+ Int64((Double(slot) + 0.5) / activity * 1e9)
    }

    private mutating func takeSlot() {
        let due = slotDue
        let index = operators.below(roster.count)
        devices[index].random = SeededGenerator(
            seed: settings.seed, stream: 0xac70_0000_0000_0000 | UInt64(bitPattern: slot))
        slot &+= 1
        act(operators.below(100), index, at: due)
    }

    private mutating func perform(_ task: Task, at due: Int64) -> SimulatedPublish? {
        switch task {
        case .publish(let index, let content): return message(content, index, at: due)
        case .nextCommand(let index):
            sendNextCommand(index, at: due)
            return nil
        case .giveUp(let index, let batch):
            guard devices[index].batch == batch, !devices[index].open.isEmpty else { return nil }
            devices[index].open = []
            agenda.add(.nextCommand(index), at: due &+ 200_000_000)
            return nil
        }
    }
}
