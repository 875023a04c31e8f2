import Query
import Testing

@Suite struct SimilarNamesTests {
    @Test(arguments: [
        ("temprature", ["temperature"]), ("temp", ["temperature", "room_temp"]), ("zzz", []), ("", []),
        ("FAN_SPEED", ["fan_speed"]),
    ])
    func `the nearest names are found`(name: String, nearest: [String]) {
        #expect(SimilarNames.nearest(to: name, in: ["temperature", "fan_speed", "room_temp", "usbc"]) == nearest)
    }
}
