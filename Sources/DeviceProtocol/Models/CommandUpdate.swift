public import JSONScan

/// How far a device has come with a command.
///
/// https://dev.xyte.io/reference/update-command
public struct CommandUpdate: Hashable, Sendable {
    /// The command; numbers as their text, nil for clients that speak of the head of their queue.
    public var id: String?
    /// How far the command is.
    public var status: CommandStatus?
    /// A text for people.
    public var message: String?
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// What is being done, from clients that send the whole command back.
    public var name: String?
    /// What the work needed, from clients that send the whole command back.
    public var parameters: JSONValue?
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = ["id", "status", "message", "error", "device_id", "name", "parameters"]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "id": id = reader.textOrNumber(member)
            case "status": status = reader.commandStatus(member)
            case "message": message = reader.text(member)
            case "error":
                // Licence updates call it so, and some clients do not tell the two apart.
                reader.alias(member, for: "message")
                message = reader.text(member) ?? message
            case "device_id": deviceID = reader.device(member)
            case "name": name = reader.text(member)
            case "parameters": parameters = member.value
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
        if id == nil { reader.findings.add(.missingID) }
        if status == nil { reader.findings.add(.missingField("status")) }
    }
}
