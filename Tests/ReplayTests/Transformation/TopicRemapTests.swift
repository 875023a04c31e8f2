import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Replay

struct TopicRemapTests {
    @Test(arguments: [
        ("v1/device/#:=staging/device/#", "v1/device/a/telemetry", "staging/device/a/telemetry"),
        ("v1/device/#:=staging", "v1/device/a/telemetry", "staging"),
        ("v1/device/#:=staging/#", "v1/device", "staging"),
        ("v1/+/+/telemetry:=t/+/x/+", "v1/device/a/telemetry", "t/device/x/a"),
        ("#:=copy/#", "/a//b", "copy//a//b"),
        ("a/b:=c", "a/b", "c"),
    ])
    func `a rule takes over what its wildcards matched`(rule: String, before: String, after: String) throws {
        #expect(try TopicRemap(rule).apply(to: before) == after)
    }

    @Test func `other topics stay`() throws {
        #expect(try TopicRemap("a/+:=b/+").apply(to: "a/b/c") == nil)
        #expect(try TopicRemap("#:=b/#").apply(to: "$SYS/x") == nil)
    }

    @Test(arguments: ["a", "a=b", ":=b", "a:=", "a:=b:=c", "a/+:=b/+/+", "a/+:=b/#", "a#:=b", "a:=$SYS/b"])
    func `what is no rule is refused with its flag`(rule: String) {
        let error = #expect(throws: TopicRemapError.self) { try TopicRemap(rule) }
        #expect(error?.description.hasPrefix("--remap \(rule): ") == true)
    }

    @Test func `topic and response topic follow the first rule that matches, after devices were mapped`() throws {
        let remapped = try Transforming {
            try $0.map("a", "b")
            $0.transformation.remaps = try ["v1/device/b/#:=x/#", "v1/#:=y/#"].map { rule in try TopicRemap(rule) }
        }
        let sent = try remapped([
            SampleTape.message("v1/device/a/commands", [.responseTopic("v1/device/a/commands/update")]),
            SampleTape.message("v1/device/c/commands"),
        ])
        #expect(sent.map(\.topic) == ["x/commands", "y/device/c/commands"])
        #expect(sent.first?.properties.responseTopic == "x/commands/update")
        #expect(sent.first?.device == "b")
    }

    @Test func `a topic that MQTT cannot carry is not sent and takes no time`() throws {
        let long = String(repeating: "l", count: 65_530)
        let remapped = try Transforming {
            $0.transformation.remaps = [try TopicRemap("v1/#:=\(String(repeating: "p", count: 20))/#")]
        }
        let sent = try remapped([
            SampleTape.message("v1/\(long)", at: 0), SampleTape.message("v1/a", at: 500),
        ])
        #expect(sent.map(\.offset) == [0])
        #expect(sent.count == 1)
    }
}
