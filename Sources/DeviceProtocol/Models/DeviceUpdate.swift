public import JSONScan

/// A device's description of itself; what is not mentioned stays as it was.
///
/// https://dev.xyte.io/reference/update-device
public struct DeviceUpdate: Hashable, Sendable {
    /// The firmware that runs.
    public var firmwareVersion: String?
    /// The device's name.
    public var name: String?
    /// The variant of the model.
    public var subModel: String?
    /// Anything that the device wants to be shown.
    public var details: JSONValue?
    /// The version of the room's data that the device has.
    public var spaceVersion: String?
    /// The version of the configuration that the device has applied.
    public var configVersion: ConfigVersion?
    /// The device that speaks for this one.
    public var parentID: DeviceID?
    /// The device's address in its network.
    public var hostAddress: String?
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = [
        "firmware_version", "firmwareVersion", "name", "sub_model", "details", "space_version", "config_version",
        "parent_id", "host_address", "device_id",
    ]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "firmware_version": firmwareVersion = reader.textOrNumber(member)
            case "firmwareVersion":
                reader.alias(member, for: "firmware_version")
                firmwareVersion = Self.firmware(member, &reader) ?? firmwareVersion
            case "name": name = reader.text(member)
            case "sub_model": subModel = reader.textOrNumber(member)
            case "details": details = member.value
            case "space_version": spaceVersion = reader.textOrNumber(member)
            case "config_version": configVersion = reader.textOrNumber(member).map(ConfigVersion.init)
            case "parent_id": parentID = reader.device(member)
            case "host_address": hostAddress = reader.text(member)
            case "device_id": deviceID = reader.device(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
    }

    /// The vendor's sample client of 2022 sends the cloud's notice, which it has just followed, in the place of a version.
    private static func firmware(_ member: JSONMember, _ reader: inout FieldReader) -> String? {
        guard member.value.members != nil else { return reader.textOrNumber(member) }
        return member.value["latest_fw_version"]?.string
    }
}
