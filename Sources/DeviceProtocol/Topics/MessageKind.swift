/// What a message is about, told by its topic.
///
/// Topics and payloads: https://dev.xyte.io/reference/mqtt-events and https://dev.xyte.io/reference/subscribe-topics.
public enum MessageKind: String, CaseIterable, Sendable, Hashable {
    /// A device's metrics and status.
    case telemetry
    /// The configuration that the cloud wants a device to have.
    case config
    /// The configuration that a device has.
    case configUpdate = "config_update"
    /// Work for a device, or for the children of a device.
    case command
    /// How far a device has come with a command.
    case commandUpdate = "command_update"
    /// Licences to add, update or remove.
    case license
    /// What a device did with a licence.
    case licenseUpdate = "license_update"
    /// The room that a device stands in.
    case spaceInfo = "space_info"
    /// The firmware that a device should run.
    case firmwareNotice = "firmware_notice"
    /// A device's own description of itself.
    case deviceUpdate = "device_update"
    /// A setting of the cloud that a device changes.
    case cloudSetting = "cloud_setting"
    /// A device's request to have everything published again.
    case snapshotRequest = "snapshot_request"
    /// Incidents that were opened for a device.
    case incident
    /// A topic that is none of the above.
    case unknown

    /// The kind that a topic stands for; looks at the bytes only and allocates nothing.
    public static func of(topic: String) -> MessageKind {
        var topic = topic
        return topic.withUTF8 { bytes in
            guard let parts = TopicParts(bytes) else { return .unknown }
            return parts.kind(in: bytes)
        }
    }

    /// The direction in which messages of this kind normally travel.
    public var defaultDirection: Direction {
        switch self {
        case .telemetry, .configUpdate, .commandUpdate, .licenseUpdate, .deviceUpdate, .cloudSetting, .snapshotRequest:
            .deviceToCloud
        case .config, .command, .license, .spaceInfo, .firmwareNotice, .incident:
            .cloudToDevice
        case .unknown:
            .unknown
        }
    }

    /// What follows `v1/device/ID/` in the topic of this kind; nil for ``unknown``.
    var suffix: String? {
        switch self {
        case .telemetry: "telemetry"
        case .config: "config"
        case .configUpdate: "config/update"
        case .command: "commands"
        case .commandUpdate: "commands/update"
        case .license: "license"
        case .licenseUpdate: "license/update"
        case .spaceInfo: "space_info"
        case .firmwareNotice: "firmware"
        case .deviceUpdate: "update"
        case .cloudSetting: "cloud_settings/update"
        case .snapshotRequest: "get"
        case .incident: "incidents"
        case .unknown: nil
        }
    }
}
