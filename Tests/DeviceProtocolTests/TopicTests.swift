import DeviceProtocol
import MQTTWire
import Testing

@Suite struct TopicTests {
    @Test(arguments: Sample.all)
    func `a documented topic has its kind and device`(_ sample: Sample) {
        let topic = DeviceTopic.parse(sample.topic)
        #expect(topic == DeviceTopic(device: Sample.device, kind: sample.kind, suffix: sample.suffix))
        #expect(MessageKind.of(topic: sample.topic) == sample.kind)
    }

    @Test(arguments: [
        "", "/", "v1", "v1/device", "v1/device/", "v1/device//telemetry", "v1/devices/a/telemetry", "V1/device/a/get",
        "/v1/device/a/get", "$SYS/broker/uptime",
    ])
    func `a topic without device is unknown`(_ text: String) {
        let topic = DeviceTopic.parse(text)
        #expect(topic == DeviceTopic(device: nil, kind: .unknown, suffix: text))
        #expect(MessageKind.of(topic: text) == .unknown)
    }

    @Test(arguments: [
        ("v1/device/a", ""), ("v1/device/a/", ""), ("v1/device/a/telemetry/", "telemetry/"),
        ("v1/device/a//telemetry", "/telemetry"), ("v1/device/a/Telemetry", "Telemetry"),
        ("v1/device/a/commands/children", "commands/children"), ("v1/device/a/sync", "sync"),
        ("v1/device/a/config/update/x", "config/update/x"), ("v1/device/a/command/update", "command/update"),
    ])
    func `an undocumented suffix is unknown but keeps its device`(_ text: String, _ suffix: String) {
        #expect(DeviceTopic.parse(text) == DeviceTopic(device: "a", kind: .unknown, suffix: suffix))
    }

    @Test(arguments: MessageKind.allCases)
    func `a kind makes the topic that parses as it`(_ kind: MessageKind) {
        let topic = DeviceTopic.topic(for: kind, device: "é/")
        if kind == .unknown {
            #expect(topic == nil)
        } else {
            let plain = DeviceTopic.topic(for: kind, device: "é")
            #expect(plain.map(DeviceTopic.parse)?.kind == kind)
            #expect(plain.map(DeviceTopic.parse)?.device == "é")
        }
    }

    @Test func `devices are told apart by bytes`() {
        let composed = DeviceID("\u{E9}")
        let decomposed = DeviceID("e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, DeviceID("\u{E9}")]).count == 2)
        #expect(decomposed < composed)
        #expect("\(composed)" == "\u{E9}")
    }
}

@Suite struct DirectionTests {
    @Test func `a user property outweighs a response topic and both outweigh the topic`() {
        let device = PublishProperty.userProperty(name: "device_id", value: "a")
        let key = PublishProperty.userProperty(name: "access_key", value: "k")
        let response = PublishProperty.responseTopic("r")
        let table: [(MessageKind, [PublishProperty], Direction, DirectionEvidence)] = [
            (.config, [device, response], .deviceToCloud, .userProperty),
            (.config, [key], .deviceToCloud, .userProperty),
            (.deviceUpdate, [response], .cloudToDevice, .responseTopic),
            (.deviceUpdate, [.userProperty(name: "x", value: "y")], .deviceToCloud, .topicTable),
            (.config, [], .cloudToDevice, .topicTable),
            (.unknown, [], .unknown, .none),
            (.unknown, [response], .cloudToDevice, .responseTopic),
        ]
        let noise: [PublishProperty] = [
            .payloadFormatIndicator(1), .messageExpiryInterval(7), .topicAlias(3), .contentType("access_key"),
            .correlationData([38, 0, 9]), .subscriptionIdentifier(268_435_455), .subscriptionIdentifier(1),
        ]
        for (kind, properties, direction, evidence) in table {
            for list in [properties, noise + properties, properties + noise] {
                let result = Direction.of(kind: kind, properties: PublishProperties(list))
                #expect(result == (direction, evidence))
            }
        }
    }
}
