/// The content of a message in the model of its kind.
public enum DeviceMessage: Sendable {
    /// Metrics and status of a device.
    case telemetry(Telemetry)
    /// Metrics and status of several devices.
    case telemetryBatch([(DeviceID, Telemetry)])
    /// The configuration that a device should have.
    case config(Config)
    /// The configuration that a device has.
    case configUpdate(ConfigUpdate)
    /// Commands; none when nothing is pending.
    case commands([Command])
    /// How far a command is.
    case commandUpdate(CommandUpdate)
    /// Licences; none when nothing is to be done.
    case licenses([License])
    /// What became of a licence.
    case licenseUpdate(LicenseUpdate)
    /// The room of a device.
    case spaceInfo(SpaceInfo)
    /// The firmware that a device should run.
    case firmwareNotice(FirmwareNotice)
    /// What a device says of itself.
    case deviceUpdate(DeviceUpdate)
    /// A setting of the cloud.
    case cloudSetting(CloudSetting)
    /// The request to publish everything again.
    case snapshotRequest(SnapshotRequest)
    /// Incidents that were opened.
    case incidents([Incident])
    /// What fits no model.
    case unknown(Unknown)
}

extension DeviceMessage {
    /// The devices that the payload names, in order; repeats are kept.
    public var deviceIDs: [DeviceID] {
        switch self {
        case .telemetry(let telemetry): Self.list(telemetry.deviceID)
        case .telemetryBatch(let batch): batch.map(\.0)
        case .config(let config): Self.list(config.deviceID)
        case .configUpdate(let update): Self.list(update.config.deviceID)
        case .commands(let commands): commands.compactMap(\.deviceID)
        case .commandUpdate(let update): Self.list(update.deviceID)
        case .licenses(let licenses): licenses.compactMap(\.deviceID)
        case .licenseUpdate(let update): Self.list(update.deviceID)
        case .spaceInfo(let info): Self.list(info.deviceID)
        case .firmwareNotice(let notice): Self.list(notice.deviceID)
        case .deviceUpdate(let update): Self.list(update.deviceID)
        case .cloudSetting(let setting): Self.list(setting.deviceID)
        case .snapshotRequest(let request): Self.list(request.deviceID)
        case .incidents(let incidents): incidents.compactMap(\.deviceID)
        case .unknown: []
        }
    }

    private static func list(_ device: DeviceID?) -> [DeviceID] {
        device.map { [$0] } ?? []
    }
}
