public import JSONScan

/// Where a room is.
public struct Location: Hashable, Sendable {
    /// Degrees north.
    public var latitude: Double?
    /// Degrees east; the vendor's page calls it `lng` and `long`, clients also `lon`.
    public var longitude: Double?
    /// Minutes east of UTC.
    public var utcOffset: Int64?
    /// The place's name.
    public var name: String?
    /// Members that are none of the above, those of `coordinates` included, in order.
    public var extra: [JSONMember] = []

    /// The members that this model reads.
    public static let fieldNames = ["coordinates", "utc_offset", "name"]
    /// The members of `coordinates` that this model reads.
    public static let coordinateNames = ["lat", "lng", "long", "lon"]

    init(_ members: [JSONMember], _ outer: inout FieldReader) {
        var reader = FieldReader()
        reader.findings = outer.findings
        for member in members {
            switch member.key {
            case "coordinates": readCoordinates(reader.object(member) ?? [], &reader)
            case "utc_offset": utcOffset = reader.integer(member)
            case "name": name = reader.text(member)
            default: reader.keep(member)
            }
        }
        extra = reader.takeExtra()
        outer.findings = reader.findings
    }

    private mutating func readCoordinates(_ members: [JSONMember], _ reader: inout FieldReader) {
        for member in members {
            switch member.key {
            case "lat": latitude = reader.double(member)
            case "lng": longitude = reader.double(member)
            case "long", "lon":
                reader.alias(member, for: "lng")
                longitude = reader.double(member)
            default: reader.keep(member)
            }
        }
    }
}
