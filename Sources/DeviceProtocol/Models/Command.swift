public import JSONScan

/// Work for a device, or for a child of it.
///
/// https://dev.xyte.io/reference/get-command, https://dev.xyte.io/reference/get-commands-with-children
public struct Command: Hashable, Sendable {
    /// What tells the command from others of the device; numbers as their text.
    public var id: String?
    /// The device that is to do the work; nil stands for the one in the topic.
    public var deviceID: DeviceID?
    /// How far the command is; `in_progress` when it is delivered again.
    public var status: CommandStatus?
    /// What is to be done, for example `reboot`.
    public var name: String?
    /// What the work needs: mostly an object, but null and text occur; nil when absent.
    public var parameters: JSONValue?
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = ["id", "device_id", "status", "name", "parameters"]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "id": id = reader.textOrNumber(member)
            case "device_id": deviceID = reader.device(member)
            case "status": status = reader.commandStatus(member)
            case "name": name = reader.text(member)
            case "parameters": parameters = member.value
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
        if id == nil { reader.findings.add(.missingID) }
        if name == nil { reader.findings.add(.missingField("name")) }
    }
}
