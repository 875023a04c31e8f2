public import JSONScan

/// What a device is to do with a licence.
public enum LicenseAction: String, CaseIterable, Sendable, Hashable {
    /// Begin to use it.
    case add
    /// Replace what is stored, after a renewal for instance.
    case update
    /// Stop using it.
    case remove
}

/// A licence to add, update or remove.
///
/// https://dev.xyte.io/reference/get-license, https://dev.xyte.io/reference/get-licenses
public struct License: Hashable, Sendable {
    /// What tells the licence from others; numbers as their text.
    public var id: String?
    /// The device that is meant; nil stands for the one in the topic.
    public var deviceID: DeviceID?
    /// The licence itself, in the device's own form.
    public var data: String?
    /// The signature of ``data``.
    public var signature: String?
    /// What is to be done: the member `action`, else the first true one of `add`, `update` and `remove`.
    public var action: LicenseAction?
    /// The member `action` as written.
    public var actionText: String?
    /// When the licence ends.
    public var expiresAt = DeviceTime.absent
    /// The cloud's clock when it sent this.
    public var currentTime = DeviceTime.absent
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = [
        "id", "device_id", "data", "signature", "action", "add", "update", "remove", "expires_at", "expired_at",
        "current_time",
    ]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        var stated: LicenseAction?
        var flags: [LicenseAction] = []
        for member in members {
            switch member.key {
            case "id": id = reader.textOrNumber(member)
            case "device_id": deviceID = reader.device(member)
            case "data": data = reader.text(member)
            case "signature": signature = reader.text(member)
            case "action":
                actionText = reader.text(member)
                stated = actionText.flatMap { LicenseAction(rawValue: StatusWord.normalized($0)) }
            case "add", "update", "remove":
                if reader.bool(member) == true, let flag = LicenseAction(rawValue: member.key), !flags.contains(flag) {
                    flags.append(flag)
                }
            case "expires_at": expiresAt = reader.time(member, mayBeFar: true)
            case "expired_at":
                reader.alias(member, for: "expires_at")
                expiresAt = reader.time(member, mayBeFar: true)
            case "current_time": currentTime = reader.time(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
        resolve(stated, flags, &reader.findings)
        if id == nil { reader.findings.add(.missingID) }
    }

    private mutating func resolve(_ stated: LicenseAction?, _ flags: [LicenseAction], _ findings: inout FindingList) {
        action = stated ?? LicenseAction.allCases.first(where: flags.contains)
        let claims = LicenseAction.allCases.filter { $0 == stated || flags.contains($0) }
        if claims.count > 1 { findings.add(.ambiguousLicenseAction(claims.map(\.rawValue))) }
        if let actionText, stated == nil { findings.add(.unknownStatus(actionText)) }
        if action == nil { findings.add(.missingField("action")) }
    }
}
