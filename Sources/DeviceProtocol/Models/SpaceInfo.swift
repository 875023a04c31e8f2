public import JSONScan

/// The room that a device stands in.
///
/// The cloud sends only what is set for the room or one above it.
///
/// https://dev.xyte.io/reference/space-awareness
public struct SpaceInfo: Hashable, Sendable {
    /// The room's name.
    public var name: String?
    /// Where the room is; nil when not set.
    public var location: Location?
    /// The unit that people there expect, as written: `celsius`, `Fahrenheit`.
    public var temperatureUnits: String?
    /// Whether the room is under maintenance.
    public var maintenance: Bool?
    /// The cloud's clock in the room's local time.
    public var localTime = DeviceTime.absent
    /// The device as the payload names it.
    public var deviceID: DeviceID?
    /// Members that are none of the above, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = [
        "location", "temperature_units", "maintenance", "name", "local_time", "device_id",
    ]

    init(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "name": name = reader.text(member)
            case "location": location = reader.object(member).map { Location($0, &reader) }
            case "temperature_units": temperatureUnits = reader.text(member)
            case "maintenance": maintenance = reader.bool(member)
            case "local_time": localTime = reader.time(member)
            case "device_id": deviceID = reader.device(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
    }
}
