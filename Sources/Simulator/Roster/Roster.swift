public import DeviceProtocol

/// The devices of a simulation, and the keys that they present.
public struct Roster: Sendable {
    /// A device, or a child for which one speaks.
    public struct Entry: Sendable, Hashable {
        /// Its id.
        public var device: DeviceID
        /// The made-up access key that it presents; a child has that of its device.
        public var accessKey: String
    }

    /// The devices in the order in which they come online, each followed by its children.
    public let entries: [Entry]

    /// The fleet that these settings give.
    public init(_ settings: SimulationSettings) {
        entries = DeviceProfile.roster(settings).flatMap { profile in
            ([profile.id] + profile.children).map { Entry(device: $0, accessKey: profile.accessKey) }
        }
    }
}
