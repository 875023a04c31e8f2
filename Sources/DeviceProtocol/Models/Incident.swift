public import JSONScan

/// An incident that was opened for a device.
///
/// That it was closed again is not published.
///
/// https://dev.xyte.io/reference/get-incident
public struct Incident: Hashable, Sendable {
    /// What tells the incident from others; numbers as their text.
    public var id: String?
    /// The device that is meant; nil stands for the one in the topic.
    public var deviceID: DeviceID?
    /// `active` or `closed`.
    public var status: String?
    /// `critical`, `high`, `moderate`, `low`, `planning`, or 1 to 5 in that order, as text.
    public var priority: String?
    /// What it is about, in a few words.
    public var title: String?
    /// What it is about, at length.
    public var details: String?
    /// What raised it, for example `offline` or `rule_` and the rule's id.
    public var issue: String?
    /// When it was opened, by the cloud's clock.
    public var createdAt = DeviceTime.absent
    /// When it was changed last, by the cloud's clock.
    public var updatedAt = DeviceTime.absent
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = [
        "id", "device_id", "status", "priority", "title", "description", "issue", "created_at", "updated_at",
    ]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "id": id = reader.textOrNumber(member)
            case "device_id": deviceID = reader.device(member)
            case "status": status = reader.text(member)
            case "priority": priority = reader.textOrNumber(member)
            case "title": title = reader.text(member)
            case "description": details = reader.text(member)
            case "issue": issue = reader.text(member)
            case "created_at": createdAt = reader.time(member)
            case "updated_at": updatedAt = reader.time(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
        if id == nil { reader.findings.add(.missingID) }
        if let status, !["active", "closed"].contains(StatusWord.normalized(status)) {
            reader.findings.add(.unknownStatus(status))
        }
    }
}
