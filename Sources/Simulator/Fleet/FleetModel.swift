import DeviceProtocol
public import MQTTWire

/// The devices' side of the simulation: pure and without a clock of its own.
///
/// It is told what time it is and what arrived, and gives the messages that are due.
public struct FleetModel: Sendable {
    /// Something that devices do at a time that is already known.
    enum Task: Sendable {
        /// A device switches on, or its connection is back.
        case comeOnline(Int, restarted: Bool)
        /// A device asks for everything.
        case request(Int)
        /// A device sends a sample that an outage prevented.
        case catchUp(Int, taken: Int64)
        /// A device goes on with a command.
        case step(Int, CommandStep)
        /// A device sends an answer, unless it is away by then.
        case send(Int, SimulatedPublish)
    }

    /// What decides on every message.
    public let settings: SimulationSettings
    let roster: [DeviceProfile]
    var devices: [SimulatedDevice]
    var agenda = Agenda<Task>()
    private let positions: [DeviceID: Int]
    /// The next regular sample of the fleet, counted from 0.
    private var slot: Int64 = 0
    /// Coprime to the number of devices, so that every round visits each of them once, in a mixed order.
    private let stride: Int
    private var oddities: SeededGenerator

    /// A fleet that is switched on, device by device, when the simulation begins.
    public init(_ settings: SimulationSettings) {
        self.init(settings, roster: DeviceProfile.roster(settings))
    }

    init(_ settings: SimulationSettings, roster: [DeviceProfile]) {
        self.settings = settings
        self.roster = roster
        devices = roster.map { SimulatedDevice($0, settings: settings) }
        positions = DeviceProfile.positions(roster)
        stride = Self.stride(roster.count, seed: settings.seed)
        oddities = SeededGenerator(seed: settings.seed, stream: 0x0dd1_7135)
        let spacing = settings.arrival / Int64(roster.count)
        for index in roster.indices {
            agenda.add(.comeOnline(index, restarted: true), at: spacing &* Int64(index))
        }
    }

    /// When the next message may be due, ns since the start of the simulation.
    public var nextDue: Int64 { min(slotDue, agenda.nextDue ?? .max) }

    /// Takes out the next message that is due.
    ///
    /// - Parameter now: ns since the start of the simulation.
    /// - Returns: nil when nothing is due by then.
    public mutating func next(through now: Int64) -> SimulatedPublish? {
        while nextDue <= now {
            let publish: SimulatedPublish?
            if slotDue < agenda.nextDue ?? .max {
                publish = takeSlot()
            } else if let (due, task) = agenda.popFirst() {
                publish = perform(task, at: due)
            } else {
                publish = nil
            }
            if let publish { return roughened(publish) }
        }
        return nil
    }

    /// Takes a message that arrived for a device; what concerns no device of this fleet is ignored.
    ///
    /// - Parameters:
    ///   - topic: where it was published.
    ///   - payload: its bytes.
    ///   - properties: its MQTT 5 properties.
    ///   - now: when it arrived, ns since the start of the simulation.
    public mutating func receive(topic: String, payload: [UInt8], properties: PublishProperties, at now: Int64) {
        guard let device = DeviceTopic.parse(topic).device, let index = positions[device], devices[index].isOnline
        else {
            return
        }
        let decoded = DecodedMessage.decode(topic: topic, payload: payload, properties: properties)
        react(index, to: decoded, payload: payload, responseTopic: properties.responseTopic, at: now)
    }

    /// Goes on after the whole fleet had no connection: samples of the past are left out, and every device asks for
    /// everything again.
    ///
    /// - Parameter now: ns since the start of the simulation.
    public mutating func resume(at now: Int64) {
        let missed = Double(now - settings.arrival) / 1e9 * settings.rate
        slot = max(slot, Int64(missed.rounded(.up)))
        let spacing = settings.arrival / Int64(roster.count)
        for index in roster.indices where devices[index].isOnline {
            interrupt(index)
            agenda.add(.request(index), at: now &+ spacing &* Int64(index))
        }
    }

    private var slotDue: Int64 {
        // A fixed pattern of delays below one slot, so that the fleet does not tick like a clock.
        let jitter = Double(UInt64(bitPattern: slot &* 0x5851_f42d_4c95_7f2d) >> 40) / Double(1 << 24) * 0.8
        return settings.arrival &+ Int64((Double(slot) + jitter) / settings.rate * 1e9)
    }

    private mutating func takeSlot() -> SimulatedPublish? {
        let due = slotDue
        let count = Int64(roster.count)
        let index = Int((slot % count) * Int64(stride) % count)
        slot &+= 1
        return sample(index, at: due)
    }

    private mutating func perform(_ task: Task, at due: Int64) -> SimulatedPublish? {
        switch task {
        case .comeOnline(let index, let restarted): return comeOnline(index, restarted: restarted, at: due)
        case .request(let index): return devices[index].isOnline ? request(index, at: due) : nil
        case .catchUp(let index, let taken):
            return devices[index].isOnline ? telemetry(index, taken: taken, at: due) : nil
        case .step(let index, let step): return devices[index].isOnline ? take(step, index, at: due) : nil
        case .send(let index, let publish): return devices[index].isOnline ? publish : nil
        }
    }

    /// Spoils a message, if it is its turn.
    private mutating func roughened(_ publish: SimulatedPublish) -> SimulatedPublish {
        guard settings.oddShare > 0, oddities.chance(settings.oddShare) else { return publish }
        return Oddity.applyAny(to: publish, at: settings.time(publish.dueOffset), &oddities)
    }

    private static func stride(_ count: Int, seed: UInt64) -> Int {
        func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }
        var stride = count / 3 + 1 + Int(seed % 97)
        while greatestDivisor(count, stride) != 1 { stride += 1 }
        return stride
    }
}
