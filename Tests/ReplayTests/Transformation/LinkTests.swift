import MQTTWire
import Tape
import Testing

@testable import Replay

struct LinkTests {
    private let linked = Transforming { $0.transformation.linkedTape = "t1" }
    private let topic = "v1/device/d/telemetry"

    private func properties(_ properties: [PublishProperty]) throws -> [PublishProperty] {
        try #require(linked([SampleTape.message(topic, payload: "{}", properties)]).first).properties.list
    }

    @Test func `a linked message names its tape and its number there, behind its own properties`() throws {
        let message = SampleTape.message(topic, payload: "{}")
        let sent = try properties([.contentType("application/json")])
        #expect(
            sent == [
                .contentType("application/json"),
                .userProperty(name: "tapedeck_replay", value: "t1:\(message.sequence)"),
            ])
    }

    @Test func `the link of an earlier replay gives way to the new one`() throws {
        let sent = try properties([.userProperty(name: "tapedeck_replay", value: "t0:77")])
        #expect(sent.count == 1)
        #expect(sent.first != .userProperty(name: "tapedeck_replay", value: "t0:77"))
    }

    @Test func `without being asked for no link is sent`() throws {
        let sent = try Transforming()([SampleTape.message(topic, payload: "{}")])
        #expect(sent.first?.properties.isEmpty == true)
    }
}
