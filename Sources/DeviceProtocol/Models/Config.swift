public import JSONScan

/// The configuration that the cloud wants a device to have.
///
/// Models of API version 1.0.5 and newer have the configuration in a member `config`, older ones beside `version`
/// (https://dev.xyte.io/reference/get-config, https://dev.xyte.io/reference-link/device-model-versioning).
public struct Config: Hashable, Sendable {
    /// The version that the cloud counts up.
    public var version: ConfigVersion?
    /// When the configuration was changed last, by the cloud's clock.
    public var lastUpdated = DeviceTime.absent
    /// The device's name; only in the wrapped shape, a flat configuration may have a field of that name.
    public var name: String?
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// The configuration itself, in order.
    public var fields: [JSONMember] = []
    /// Whether the configuration was in a member `config`.
    public var isWrapped = false
    /// Members beside `config` that are none of the above; empty in the flat shape, where they are fields.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = ["version", "last_updated", "name", "device_id", "config"]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        let hasConfig = members.contains { $0.key == "config" && $0.value.members != nil }
        isWrapped = hasConfig && members.contains { $0.key == "version" || $0.key == "name" }
        for member in members {
            switch member.key {
            case "version": version = reader.textOrNumber(member).map(ConfigVersion.init)
            case "last_updated": lastUpdated = reader.time(member)
            case "device_id": deviceID = reader.device(member)
            case "name" where isWrapped: name = reader.text(member)
            case "config" where isWrapped: fields = reader.object(member) ?? []
            default: reader.keep(member)
            }
        }
        let rest = reader.takeExtra()
        if isWrapped { extra = rest } else { fields = rest }
        // A field `config` of a flat configuration looks like the wrapped shape; its neighbours give it away.
        if hasConfig, !isWrapped || !rest.isEmpty { reader.findings.add(.ambiguousConfig) }
        if isWrapped { reader.findings.addDuplicates(in: fields) }
    }
}
