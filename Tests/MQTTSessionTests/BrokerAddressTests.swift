import Testing

@testable import MQTTSession

@Suite struct BrokerAddressTests {
    @Test(arguments: [
        ("mqtt://broker.example:1884", "mqtt://broker.example:1884"),
        ("mqtt://broker.example", "mqtt://broker.example:1883"),
        ("broker.example", "mqtt://broker.example:1883"), ("10.0.0.1:99", "mqtt://10.0.0.1:99"),
        ("MQTTS://h", "mqtts://h:8883"), ("ssl://h:1/", "mqtts://h:1"), ("tcp://[::1]:5", "mqtt://[::1]:5"),
        ("[fe80::1]", "mqtt://[fe80::1]:1883"), ("unix:/run/m.sock", "unix:/run/m.sock"),
        ("unix:///run/m.sock", "unix:/run/m.sock"),
    ])
    func `reads what people write`(text: String, url: String) throws {
        #expect(try BrokerAddress(text).description == url)
    }

    @Test(arguments: [
        "", "mqtt://", "http://h", "h:0", "h:70000", "h:x", "mqtt://h/path", "[::1", "[::1]x", "unix:relative", "a b",
    ])
    func `refuses what is no address`(text: String) {
        #expect(throws: InvalidBrokerAddress.self) { try BrokerAddress(text) }
    }

    @Test(arguments: ["mqtt://me:s3cret@h:1", "wss://u:s3cret@h", "mqtt://u:s3cret@x@h", "u:s3cret@h/path"])
    func `a password in a URL is refused and not repeated`(text: String) {
        let error = #expect(throws: InvalidBrokerAddress.self) { try BrokerAddress(text) }
        #expect(error?.description.contains("s3cret") == false)
        #expect(error?.description.contains("TAPEDECK_PASSWORD") == true)
    }
}
