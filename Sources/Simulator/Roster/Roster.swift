public import DeviceProtocol

/// The devices of a simulation, and the keys that they present.
public struct Roster: Sendable {
    /// A device.
    public struct Entry: Sendable, Hashable {
        /// Its id.
        public var device: DeviceID
        /// Its made-up access key.
        public var accessKey: String
    }

    /// The devices in the order in which they come online; children of devices are not among them.
    public let entries: [Entry]

    /// The fleet that these settings give.
    public init(_ settings: SimulationSettings) {
        entries = DeviceProfile.roster(settings).map { Entry(device: $0.id, accessKey: $0.accessKey) }
    }
}
