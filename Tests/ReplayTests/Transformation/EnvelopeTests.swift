import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Replay

/// Topics and properties: what MQTT does not let grow beyond a limit, and what is remembered of them.
struct EnvelopeTests {
    private static let device = "6b1f7c1a-0d3e-4c55-9a3e-2f6f6f0a0001"
    private static let longer = device + "-in-the-hall"
    /// As many ids as a property of 65,535 bytes (MQTT 5.0 §1.5.4) has room for, but not with a longer one.
    private static let full = [String](repeating: device, count: 65_535 / (device.utf8.count + 1))
        .joined(separator: ",")

    private func message(_ value: String) -> RecordedMessage {
        SampleTape.message("v1/device/\(Self.device)/telemetry", [.userProperty(name: "list", value: value)])
    }

    @Test func `a property that would grow beyond MQTT's limit stays, and is counted and not shown`() throws {
        let mapped = try Transforming { try $0.map(Self.device, Self.longer) }
        let sent = try #require(try mapped([message(Self.full)]).first)
        #expect(sent.topic == "v1/device/\(Self.longer)/telemetry")
        #expect(sent.properties.list == [.userProperty(name: "list", value: Self.full)])
        let counts = try mapped.counts([message(Self.full)])
        #expect(counts[.mapDevice].leftAlone == [.tooLong: 1])
        #expect(counts[.mapDevice].values == 1)
        #expect(counts[.mapDevice].examples.map(\.place) == ["topic"])
        // One id less, and there is room for all of them.
        let fits = try #require(try mapped([message("\(Self.device),\(Self.device)")]).first)
        #expect(fits.properties.list == [.userProperty(name: "list", value: "\(Self.longer),\(Self.longer)")])
    }

    @Test func `where the copies of a fleet have longer ids, each copy has what fits`() throws {
        let fanned = Transforming {
            $0.transformation.fanOut.copies = 2
            $0.transformation.knownDevices = ["lamp"]
        }
        let full = [String](repeating: "lamp", count: 65_535 / 5).joined(separator: "/")
        let message = SampleTape.message("v1/device/lamp/telemetry", [.userProperty(name: "list", value: full)])
        let counts = try fanned.counts([message, SampleTape.message("v1/device/lamp/telemetry", at: 2_000_000_000)])
        #expect(counts[.fanOut].leftAlone == [.tooLong: 1])
        #expect(counts[.mapDevice] == .init())
        #expect(try fanned([message]).map { $0.properties.userProperty("list") } == [full, full])
    }

    @Test func `a message whose answers would go to a topic with a wildcard is not sent`() throws {
        let remapped = Transforming {
            $0.transformation.remaps = ["v1/#:=x/#"].compactMap { try? TopicRemap($0) }
        }
        func sent(_ response: String) throws -> [String] {
            try remapped([SampleTape.message("v1/device/a/commands", [.responseTopic(response)])]).map(\.topic)
        }
        #expect(try sent("v1/device/a/commands/update") == ["x/device/a/commands"])
        #expect(try sent("elsewhere/+").isEmpty)
        #expect(try sent("").isEmpty)
    }

    @Test func `more topics than are remembered are renamed all the same, also when they come again`() throws {
        let mapped = try Transforming { try $0.map(Self.device, "tower") }
        let topics = (0..<9_000).map { "v1/device/\(Self.device)/x\($0)" }
        let sent = try mapped((topics + topics.prefix(100)).map { SampleTape.message($0) })
        #expect(sent.count == 9_100)
        #expect(
            zip(sent, topics + topics.prefix(100)).allSatisfy { $0.topic == $1.replacing(Self.device, with: "tower") })
    }
}
