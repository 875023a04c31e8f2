public import DeviceProtocol

/// What is changed in the messages of a tape on their way out; at first nothing.
public struct Transformation: Sendable {
    /// Whether payloads with placeholders for secrets are published, placeholders and all; otherwise they are left out.
    public var sendsPlaceholders = false
    /// Which devices speak as which others.
    public var devices = DeviceMapping()
    /// One recorded device as several.
    public var fanOut = FanOut()
    /// Devices of the tape, which ``fanOut`` gives new ids wherever they occur.
    public var knownDevices: Set<DeviceID> = []
    /// New names for topics, after devices were mapped; the first rule that matches counts.
    public var remaps: [TopicRemap] = []
    /// How far the times in payloads are moved.
    public var timeShift = TimeShift.keep
    /// New ids for commands, licences and incidents.
    public var freshIDs: FreshIDs?
    /// The id of the tape, where each message shall say from which message of it it comes; see `MessageOrigin`.
    public var linkedTape: String?

    /// Nothing is changed.
    public init() {}

    /// Whether payloads may change.
    var editsPayloads: Bool { renamesDevices || timeShift != .keep || freshIDs != nil }
    /// Whether devices get other ids.
    var renamesDevices: Bool { !devices.isEmpty || fanOut.copies > 1 }
}
