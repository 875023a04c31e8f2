import DeviceProtocol
import MQTTWire
import Testing

@testable import Replay

struct KeySubstitutionTests {
    private let placeholder = "redacted:0123456789abcdef"

    @Test func `without credentials a placeholder is left out and all else keeps its order`() {
        let kept: [PublishProperty] = [
            .messageExpiryInterval(60), .userProperty(name: "x", value: "1"), .responseTopic("r"),
            .correlationData([0, 255]), .userProperty(name: "x", value: "1"), .contentType("application/json"),
        ]
        var list = kept
        list.insert(.userProperty(name: "access_key", value: placeholder), at: 2)
        let outcome = KeySubstitution(credentials: nil).apply(to: PublishProperties(list), topicDevice: "a")
        #expect(outcome.properties.list == kept)
        #expect(outcome.leftOut == 1)
        #expect(outcome.replaced == 0)
    }

    @Test func `the key of the device in the properties wins over that of the topic`() {
        let credentials = Credentials(["a": "KEY-A", "b": "KEY-B"])
        let list: [PublishProperty] = [
            .userProperty(name: "access_key", value: placeholder), .userProperty(name: "device_id", value: "b"),
        ]
        let outcome = KeySubstitution(credentials: credentials).apply(to: PublishProperties(list), topicDevice: "a")
        #expect(outcome.properties.userProperty("access_key") == "KEY-B")
        #expect(outcome.replaced == 1)
        let topicOnly = KeySubstitution(credentials: credentials)
            .apply(to: PublishProperties([list[0]]), topicDevice: "a")
        #expect(topicOnly.properties.list == [.userProperty(name: "access_key", value: "KEY-A")])
    }

    @Test func `a key never stands in a property that means something else`() {
        let list: [PublishProperty] = [.userProperty(name: "token", value: placeholder)]
        let outcome = KeySubstitution(credentials: Credentials(["a": "KEY"]))
            .apply(to: PublishProperties(list), topicDevice: "a")
        #expect(outcome.properties.isEmpty)
        #expect(outcome.leftOut == 1)
    }

    @Test func `a device without a key sends none`() {
        let list: [PublishProperty] = [.userProperty(name: "access_key", value: placeholder)]
        let outcome = KeySubstitution(credentials: Credentials(["b": "KEY"]))
            .apply(to: PublishProperties(list), topicDevice: "a")
        #expect(outcome.properties.isEmpty)
    }

    @Test(arguments: ["plain", "xredacted:00", "Redacted:00", ""])
    func `what is no placeholder stays`(value: String) {
        let properties = PublishProperties([.userProperty(name: "access_key", value: value)])
        #expect(KeySubstitution(credentials: nil).apply(to: properties, topicDevice: nil).properties == properties)
    }
}
