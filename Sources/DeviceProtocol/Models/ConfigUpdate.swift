public import JSONScan

/// The configuration that a device has: the received one as an acknowledgement, or a change made at the device.
///
/// https://dev.xyte.io/reference/mqtt-events
public struct ConfigUpdate: Hashable, Sendable {
    /// The configuration, in the same shapes as the cloud sends it.
    public var config: Config
    /// Members that are none of the configuration's.
    public var extra: [JSONMember] { config.extra }

    /// The members that this model reads.
    public static let fieldNames = Config.fieldNames

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        config = Config(members, &reader)
    }
}
