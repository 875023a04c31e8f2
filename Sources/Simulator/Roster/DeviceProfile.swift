import DeviceProtocol
import MQTTWire

/// What does not change about a device: who it is and which habits its software has.
struct DeviceProfile: Sendable {
    /// How a device behaves when it works on commands.
    struct CommandHabits: Sendable, Hashable {
        /// Whether updates say which command they mean; clients of the oldest interface do not.
        var namesCommand = true
        /// Whether updates carry the whole command.
        var echoesCommand = false
        /// Whether the command id goes along as correlation data.
        var correlates = true
        /// The word for a command that went wrong.
        var failedWord = "failed"
        /// The word for a command that is being worked on.
        var progressWord = "in_progress"
        /// Whether every delivery of a command is answered with progress, also the second of the same command.
        var answersEveryDelivery = false
    }

    /// Position in the fleet, from 0.
    var index: Int
    /// The device id, a UUID.
    var id: DeviceID
    /// The device's secret, 32 hexadecimal digits; leaves in the user property of that name and nowhere else.
    var accessKey: String
    /// The name for people.
    var name: String
    /// The kind of device.
    var model: DeviceModel
    /// How its JSON looks.
    var spelling: JSONSpelling
    /// How it writes times.
    var timestamps: TimestampStyle
    /// How far its clock is ahead of true time, ns.
    var clockSkew: Int64
    /// Whether the configuration stands in a member of its own (model interface 1.0.5 and newer).
    var wrapsConfig: Bool
    /// Whether payloads name the device (model interface 1.0.7 and newer).
    var namesDevice: Bool
    /// Whether configuration versions are text.
    var versionIsText: Bool
    /// Whether the cloud uses the second generation of topics for it.
    var secondGeneration: Bool
    /// Devices for which this one speaks.
    var children: [DeviceID]
    /// The quality of service of its telemetry.
    var telemetryQoS: QualityOfService
    /// Whether samples of an outage are sent afterwards.
    var backfills: Bool
    /// Whether every sample has every metric, or only some that changed.
    var sendsAllMetrics: Bool
    /// Whether received configurations are sent back.
    var echoesConfig: Bool
    /// Whether updates of licences are acknowledged.
    var acknowledgesRenewals: Bool
    /// How it works on commands.
    var commands: CommandHabits
    /// The firmware at the beginning.
    var firmware: String
    /// Minutes of its room from UTC.
    var utcOffset: Int
    /// The name of its room.
    var room: String
    /// The user properties and the like that stand in each of its messages.
    var properties: PublishProperties

    /// The topic of the device with what follows its id.
    func topic(_ suffix: String) -> String { "v1/device/\(id.text)/\(suffix)" }
}
