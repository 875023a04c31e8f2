import DeviceProtocol
import JSONScan

/// What the cloud knows about a device, and wants of it.
struct CloudDevice: Sendable {
    /// A command that was, or will be, sent.
    struct Command: Sendable {
        let id: JSONValue
        let name: String
        let parameters: JSONValue
        /// The child that it is for.
        let child: DeviceID?
        var isInProgress = false

        var text: String { id.string ?? id.number?.text ?? "" }
    }

    /// A licence of a device.
    struct License: Sendable {
        let id: String
        /// What the device shall do; nil when it has done it.
        var action: LicenseAction?
        var data: String
        var signature: String
        /// ns since the Unix epoch.
        var expires: Int64
    }

    /// The commands that are out, one unless the device speaks for children.
    var open: [Command] = []
    /// Counts what was sent, so that a time limit knows what it was set for.
    var batch = 0
    /// What waits until ``open`` is empty, first in first out.
    var queue: [[Command]] = []
    var configVersion: Int64
    /// Fields of the configuration, in order.
    var config: [JSONMember]
    var configChanged: Int64 = 0
    var licenses: [License] = []
    var firmware: String
    var latestFirmware: (version: String, file: String)?
    var isInMaintenance = false
    var hasIncident = false
    /// Decides on what is done with the device; begun anew for each act, so that no act depends on what came before.
    var random: SeededGenerator
    /// Decides on how long the cloud takes to answer.
    var delays: SeededGenerator

    init(_ profile: DeviceProfile, settings: SimulationSettings) {
        random = SeededGenerator(seed: settings.seed, stream: 0xc10d_0000_0000_0000 | UInt64(profile.index))
        delays = SeededGenerator(seed: settings.seed, stream: 0xc10d_de1a_0000_0000 | UInt64(profile.index))
        firmware = profile.firmware
        configVersion = random.within(0...20)
        config = [
            JSONMember("brightness", .number(JSONNumber(random.within(20...100)))),
            JSONMember("input", .string(random.pick("hdmi1", "hdmi2", "usbc"))),
            JSONMember("report_interval", .number(JSONNumber(max(1, settings.period / 1_000_000_000)))),
            JSONMember("ntp", .array([.string("ntp1.example.net"), .string("ntp2.example.net")])),
            JSONMember(
                "schedule", .object([JSONMember("on", .string("07:30")), JSONMember("off", .string("19:00"))])),
            JSONMember("note", profile.index % 2 == 0 ? .null : .string("Bitte nicht umstecken – \(profile.room)")),
        ]
        if profile.model == .projector {
            let login = [JSONMember("user", .string("admin")), JSONMember("password", .string(random.hex(12)))]
            config.append(JSONMember("authentication", .object(login)))
        }
        if random.chance(0.5) { licenses = [newLicense(at: settings.start)] }
        if random.chance(0.3) { latestFirmware = (Self.successor(of: firmware), random.uuid()) }
    }

    /// A licence that the device does not have yet.
    mutating func newLicense(at time: Timestamp) -> License {
        License(
            id: random.uuid(), action: .add, data: random.hex(48), signature: random.hex(128),
            expires: time.nanoseconds &+ random.within(30...365) * 86_400_000_000_000)
    }

    /// The version after a version: its last number one higher.
    static func successor(of version: String) -> String {
        var parts = version.split(separator: ".").map { Int($0) ?? 0 }
        if let last = parts.popLast() { parts.append(last &+ 1) }
        return parts.map(String.init).joined(separator: ".")
    }
}
