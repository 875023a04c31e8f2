import DeviceProtocol
import JSONScan
import MQTTWire
import Testing

@Suite struct IdentityTests {
    @Test(arguments: [("50", "50"), (#""50""#, "50"), (#""x-1""#, "x-1"), ("5.0", "5.0")])
    func `ids are text whatever they were`(_ json: String, _ id: String) {
        #expect(decode("commands", #"{"id":\#(json),"name":"reboot"}"#).commands?.first?.id == id)
        #expect(decode("commands/update", #"{"id":\#(json),"status":"done"}"#).commandUpdate?.id == id)
        #expect(decode("license", #"{"id":\#(json),"add":true}"#).licenses?.first?.id == id)
    }

    @Test func `a missing id is noted`() {
        #expect(decode("commands/update", #"{"status":"done"}"#).findings == [.missingID])
        #expect(decode("commands", #"{"id":null,"name":"reboot"}"#).findings == [.missingID])
        let odd = decode("commands", #"{"id":[1],"name":"reboot"}"#)
        #expect(odd.findings == [.unexpectedType(field: "id", found: "array"), .missingID])
        #expect(odd.commands?.first?.extra.map(\.key) == ["id"])
    }

    @Test func `three names of a device that disagree are noted and the payload's counts`() {
        let properties = PublishProperties([
            .userProperty(name: "device_id", value: "b"), .userProperty(name: "access_key", value: "k"),
        ])
        let decoded = decode(
            "commands/update", Array(#"{"id":1,"status":"done","device_id":"c"}"#.utf8), properties: properties)
        #expect(decoded.findings == [.idMismatch(topic: "a", userProperty: "b", payload: "c")])
        #expect(decoded.device == "c")
        #expect(decoded.topicDevice == "a")
    }

    @Test func `commands for several children stay with the topic's device`() {
        let decoded = decode(
            "command/children",
            #"[{"id":1,"name":"x","device_id":"b"},{"id":2,"name":"x","device_id":"c"},{"id":3,"name":"x"}]"#)
        #expect(decoded.device == "a")
        #expect(decoded.commands?.map(\.deviceID) == ["b", "c", nil])
        #expect(decoded.findings == [.idMismatch(topic: "a", userProperty: nil, payload: "b")])
    }

    @Test func `missing user properties are noted where a device speaks`() {
        let none = decode("telemetry", Array(#"{"status":"online"}"#.utf8), properties: PublishProperties())
        #expect(none.findings == [.missingUserProperties(["device_id", "access_key"])])
        let key = PublishProperties([.userProperty(name: "access_key", value: "k")])
        let half = decode("telemetry", Array(#"{"status":"online"}"#.utf8), properties: key)
        #expect(half.findings == [.missingUserProperties(["device_id"])])
        let fromCloud = PublishProperties([.responseTopic("r")])
        #expect(decode("update", Array("{}".utf8), properties: fromCloud).findings.isEmpty)
    }

    @Test(arguments: ["v1/device", "v1/device/", "v1/device/a", "v1/device/a/sync", "other", ""])
    func `a foreign topic is unknown whatever it carries`(_ topic: String) {
        for payload in ["", "{", #"{"a":1}"#] {
            let decoded = DecodedMessage.decode(topic: topic, payload: Array(payload.utf8), properties: .init())
            #expect(decoded.kind == .unknown)
            #expect(decoded.findings == [.unknownTopic])
            #expect(decoded.unknown?.payload == Array(payload.utf8))
            #expect((decoded.unknown?.value != nil) == (payload == #"{"a":1}"#))
        }
    }
}
