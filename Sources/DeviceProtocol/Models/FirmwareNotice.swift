public import JSONScan

/// The firmware that a device should run.
///
/// https://dev.xyte.io/reference/firmware-updates
public struct FirmwareNotice: Hashable, Sendable {
    /// The version to run.
    public var latestVersion: String?
    /// The file that has it; fetched over HTTPS.
    public var latestFileID: String?
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = ["latest_fw_version", "latest_fw_file_id", "device_id"]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "latest_fw_version": latestVersion = reader.textOrNumber(member)
            case "latest_fw_file_id": latestFileID = reader.textOrNumber(member)
            case "device_id": deviceID = reader.device(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
    }
}
