import MQTTWire
import Tape
import Testing

@testable import Replay

/// What replay does with what redaction left.
struct RedactedMessagesTests {
    private static let placeholder = "redacted:0123456789abcdef0123456789abcdef"

    @Test func `a message whose topic was redacted is never sent`() throws {
        let message = SampleTape.message("v1/device/\(Self.placeholder)/telemetry")
        #expect(try Transforming()([message]).isEmpty)
        #expect(try Transforming { $0.transformation.sendsPlaceholders = true }([message]).isEmpty)
    }

    @Test func `properties with a placeholder inside are left out`() throws {
        let properties: [PublishProperty] = [
            .responseTopic("re/\(Self.placeholder)"), .correlationData(Array("c\(Self.placeholder)".utf8)),
            .contentType("x"), .userProperty(name: "link", value: "https://h/?sig=\(Self.placeholder)"),
            .userProperty(name: "note", value: "redacted by hand"),
        ]
        let kept: [PublishProperty] = [.contentType("x"), .userProperty(name: "note", value: "redacted by hand")]
        let message = SampleTape.message("v1/device/a/telemetry", properties)
        #expect(try Transforming()([message]).first?.properties.list == kept)
        let mapped = try Transforming { try $0.map("a", "b") }
        #expect(try mapped([message]).first?.properties.list == kept)
    }

    @Test func `a number in the place of a secret is known by what is missing among the placeholders`() throws {
        var message = SampleTape.message(
            "v1/device/a/config/update", payload: "{\"password\":73920184}",
            [.userProperty(name: "access_key", value: Self.placeholder)])
        message.redactions = 1
        #expect(try Transforming()([message]).count == 1)
        message.redactions = 2
        #expect(try Transforming()([message]).isEmpty)
        let sent = try Transforming { $0.transformation.sendsPlaceholders = true }([message])
        #expect(sent.count == 1 && sent.first?.properties.isEmpty == true)
    }

    @Test func `payloads are sent with their placeholders when that is asked for`() throws {
        let payload = "{\"details\":{\"ip\":\"\(Self.placeholder)\"}}"
        #expect(try Transforming().payload("v1/device/a/update", payload) == nil)
        let sending = Transforming { $0.transformation.sendsPlaceholders = true }
        #expect(try sending.payload("v1/device/a/update", payload) == payload)
    }
}
