import DeviceProtocol
import JSONScan

/// What changes about a device while the simulation runs.
struct SimulatedDevice: Sendable {
    /// A command that the device has begun and not ended.
    struct Work: Sendable {
        let reference: CommandReference
        /// The firmware that it brings, if it is an update.
        let firmware: String?
        /// Whether the device has decided never to end it.
        let isAbandoned: Bool
        /// Whether the device restarted or lost its connection meanwhile and remembers nothing.
        var isInterrupted = false
    }

    /// Something that the device complains about for a few samples.
    struct Trouble: Sendable {
        let message: String
        var samples: Int
    }

    var isOnline = false
    /// Whether the next sample replaces all earlier ones.
    var replacesState = true
    var metrics: [Metric]
    var trouble: Trouble?
    var firmware: String
    /// The configuration as last received or changed, with all that stood around it.
    var config: [JSONMember] = []
    var works: [Work] = []
    /// The ids of the commands that ended last, newest at the end.
    var ended: [String] = []
    /// When the samples would have been sent that an outage prevented, ns since the start of the simulation.
    var missed: [Int64] = []
    /// What decides on the samples.
    ///
    /// Apart from ``reactions``, so that no answer changes a later sample.
    var samples: SeededGenerator
    /// What decides on answers.
    var reactions: SeededGenerator

    /// How many missed samples a device keeps.
    static let memory = 40

    init(_ profile: DeviceProfile, settings: SimulationSettings) {
        samples = SeededGenerator(seed: settings.seed, stream: 0x5a3b_0000_0000_0000 | UInt64(profile.index))
        reactions = SeededGenerator(seed: settings.seed, stream: 0x4eac_0000_0000_0000 | UInt64(profile.index))
        let boot = settings.start.nanoseconds &- samples.within(3_600...2_000_000) * 1_000_000_000
        metrics = profile.model.metrics(&samples, boot: boot)
        firmware = profile.firmware
    }

    /// Forgets a command that is over.
    mutating func end(_ id: String) {
        works.removeAll { $0.reference.id == id }
        ended.append(id)
        if ended.count > 4 { ended.removeFirst() }
    }
}

/// A command as a device needs it for its answers.
struct CommandReference: Sendable {
    /// The id; numbers as their text.
    let id: String
    /// The child that the command is for.
    let child: DeviceID?
    /// The command as it was delivered.
    let members: [JSONMember]
    /// Where answers go.
    let responseTopic: String?
}

/// One step of the work on a command.
struct CommandStep: Sendable {
    /// What is done in the step.
    enum Action: Sendable {
        /// Tells that the work goes on.
        case progress(message: String?)
        /// Tells that it is done.
        case done(message: String?)
        /// Tells that it went wrong.
        case failed(message: String)
        /// Reports the firmware that runs now.
        case report(firmware: String)
        /// Restarts; the device is away for that long, ns.
        case restart(away: Int64)
    }

    let reference: CommandReference
    let action: Action
}
