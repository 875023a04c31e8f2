public import JSONScan

/// A device's request to have room, configuration, next command, licences and firmware published again.
///
/// https://dev.xyte.io/reference/mqtt-events
public struct SnapshotRequest: Hashable, Sendable {
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// What the payload holds though nothing is asked for, if it is an object.
    public var extra: [JSONMember] = []

    /// A request without payload.
    public init() {}

    /// The members that this model reads.
    public static let fieldNames = ["device_id"]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "device_id": deviceID = reader.device(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
    }
}
