public import DeviceProtocol
public import JSONScan

/// What held of a device at an instant, by all that had arrived before it.
public struct StateRow: Sendable, Hashable {
    /// A metric of the device's state.
    public struct Metric: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its value with its literal spelling.
        public var value: JSONValue
        /// When the message arrived that gave it this value.
        public var arrival: Timestamp
    }

    /// A licence of the device.
    public struct License: Sendable, Hashable {
        /// What tells it from others.
        public var id: String
        /// What the cloud asked for last.
        public var action: LicenseAction?
        /// What the device said of it since then: a documented word, else the word as written.
        public var state: String?
        /// When it ends, as the cloud said last.
        public var expiresAt: Timestamp?
    }

    /// The device.
    public var device: DeviceID
    /// When the last message on its topics arrived, in either direction, or telemetry or an update that names it; of a
    /// device without any of these, the last message that names it.
    public var lastSeen: Timestamp?
    /// When its last telemetry arrived.
    public var lastTelemetry: Timestamp?
    /// What it called its condition last.
    public var status: String?
    /// The metrics, in order of their names' bytes.
    public var metrics: [Metric] = []
    /// The version of the configuration that the device named last, in `config/update` or `update`.
    public var configVersion: String?
    /// The version of the configuration that the cloud sent last.
    public var latestConfigVersion: String?
    /// The firmware that the device named last, in `update` or as a metric.
    public var firmware: String?
    /// The firmware that the cloud offered last.
    public var latestFirmware: String?
    /// The file of that firmware.
    public var latestFileID: String?
    /// The model or variant that the device named last.
    public var model: String?
    /// The name that the device gave itself last.
    public var name: String?
    /// The name of the room, in the cloud's last word on it.
    public var space: String?
    /// Whether the room is under maintenance, in the cloud's last word on it.
    public var maintenance: Bool?
    /// Licences with an id that the cloud or the device spoke of, in order of their ids' bytes.
    public var licenses: [License] = []
    /// What of the above is known from retained messages only, whose age nobody knows, by the names of the contract.
    public var retained: [String] = []
    /// Commands that were delivered and have not ended.
    public var openCommands = 0
}
