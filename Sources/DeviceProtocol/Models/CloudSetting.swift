public import JSONScan

/// A setting of the cloud that a device changes.
///
/// https://dev.xyte.io/reference/mqtt-events
public struct CloudSetting: Hashable, Sendable {
    /// The setting's name, for example `incidents.suspend_creation`.
    public var property: String?
    /// What it is set to; nil when absent.
    public var value: JSONValue?
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads; one member of another name is read as the setting and its value.
    public static let fieldNames = ["property", "value", "device_id"]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        if members.count == 1, let only = members.first, !Self.fieldNames.contains(only.key) {
            property = only.key
            value = only.value
            reader.findings.add(.shorthandSetting(only.key))
            return
        }
        for member in members {
            switch member.key {
            case "property": property = reader.text(member)
            case "value": value = member.value
            case "device_id": deviceID = reader.device(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
        if property == nil { reader.findings.add(.missingField("property")) }
        if value == nil { reader.findings.add(.missingField("value")) }
    }
}
