/// Where the payloads of each kind state a time: the members that the typed models read as ``DeviceTime``.
///
/// The members belong to the object that the payload is, or to each object of the array that it is; in a batch of
/// telemetry to the object of each device.
public enum TimestampFields {
    /// The names of the members, in the order of https://dev.xyte.io/reference/mqtt-events.
    ///
    /// - Parameter kind: what the message is about.
    /// - Returns: no names for a kind whose payloads state no time.
    public static func names(of kind: MessageKind) -> [StaticString] {
        switch kind {
        case .telemetry: ["timestamp"]
        case .config, .configUpdate: ["last_updated"]
        case .license: ["expires_at", "expired_at", "current_time"]
        case .spaceInfo: ["local_time"]
        case .incident: ["created_at", "updated_at"]
        case .command, .commandUpdate, .licenseUpdate, .firmwareNotice, .deviceUpdate, .cloudSetting,
            .snapshotRequest, .unknown:
            []
        }
    }
}
