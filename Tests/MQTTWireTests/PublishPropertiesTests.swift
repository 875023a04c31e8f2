import Testing

@testable import MQTTWire

@Suite struct PublishPropertiesTests {
    @Test func `a list comes back in order with its repeats`() throws {
        let list: [PublishProperty] = [
            .subscriptionIdentifier(268_435_455), .userProperty(name: "k", value: "1"), .payloadFormatIndicator(1),
            .userProperty(name: "k", value: "2"), .responseTopic("a/b"), .correlationData([0, 255]),
            .contentType("text/plain"), .messageExpiryInterval(4_000_000_000), .topicAlias(7),
            .userProperty(name: "", value: ""),
        ]
        let properties = PublishProperties(list)
        #expect(properties.list == list)
        #expect(try PublishProperties(validating: properties.bytes).list == list)
    }

    @Test func `encodes as the standard shows`() {
        let properties = PublishProperties([.userProperty(name: "a", value: "bc"), .subscriptionIdentifier(128)])
        #expect(properties.bytes == [38, 0, 1, 0x61, 0, 2, 0x62, 0x63, 11, 0x80, 1])
    }

    @Test func `every truncation is refused`() {
        let bytes = PublishProperties([.userProperty(name: "key", value: "value")]).bytes
        for count in 1..<bytes.count {
            #expect(throws: MalformedProperties.self) { try PublishProperties(validating: Array(bytes.prefix(count))) }
        }
    }

    @Test func `random bytes never crash`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if let properties = try? PublishProperties(validating: bytes) {
                #expect(properties.bytes == bytes)
            }
        }
    }
}
