import DeviceProtocol
import MQTTWire
import Tape
import TestSupport
import Testing

@testable import Replay

/// What holds for any message.
struct TransformationPropertyTests {
    private static let one = "6b1f7c1a-0d3e-4c55-9a3e-2f6f6f0a0001"
    private static let other = "0f9e8d7c-0d3e-4c55-9a3e-2f6f6f0a0002"

    /// Messages of all kinds with ids and times in all places, with odd white space, escapes and damage.
    private static func messages(_ count: Int, seed: UInt64) -> [RecordedMessage] {
        var random = SeededGenerator(seed: seed)
        let suffixes = [
            "telemetry", "config", "commands", "commands/update", "license", "license/update", "space_info",
            "incidents", "update", "elsewhere",
        ]
        let values = [
            "1", "-0.50", "1e400", "true", "null", "\"\(one)\"", "\"see \(one)!\"", "\"\\u00e9\\n\(one)\"", "[]",
            "{\"device_id\": \"\(one)\"}", "\"2021-08-04T07:45:44.122Z\"", "\"2024-01-01 01:00:00+02:00\"",
            "1638316800", "\"x\\\"y\\/\(one)\\/z\"", "\"日本\"", "\"...\"", "1638316800123.5",
        ]
        let names = [
            "id", "timestamp", "last_updated", "local_time", "expires_at", "created_at", "device_id", "a b", one,
            "telemetries",
        ]
        return (0..<count).map { index in
            func pick(_ list: [String]) -> String { list.randomElement(using: &random) ?? "" }
            func space() -> String { pick(["", " ", "\n", "\t "]) }
            func object() -> String {
                let members = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    "\(space())\"\(pick(names))\"\(space()):\(space())\(pick(values))\(space())"
                }
                return "{" + members.joined(separator: ",") + "}"
            }
            var payload: String
            switch Int.random(in: 0..<6, using: &random) {
            case 0: payload = "[" + object() + "," + object() + "]"
            case 1:
                payload =
                    "\""
                    + object().replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                    .replacing("\n", with: "\\n").replacing("\t", with: "\\t") + "\""
            case 2: payload = object() + "\0"
            default: payload = object()
            }
            var bytes = Array(payload.utf8)
            if Int.random(in: 0..<8, using: &random) == 0, !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var message = SampleTape.message(
                "v1/device/\(one)/\(pick(suffixes))", at: Int64(index) * 1_000,
                [
                    .userProperty(name: "x", value: pick([one, "y", "\(one)/z"])),
                    .correlationData(Array(pick([one, "7", ""]).utf8)),
                ])
            message.sequence = Int64(index)
            message.payload = bytes
            return message
        }
    }

    private func sent(_ transforming: Transforming, _ messages: [RecordedMessage]) throws -> [RecordedMessage] {
        let sent = try transforming(messages)
        return zip(messages, sent).map { message, outgoing in
            var message = message
            message.topic = outgoing.topic
            message.payload = outgoing.payload
            message.properties = outgoing.properties
            return message
        }
    }

    @Test func `mapping a device to itself changes no byte`() throws {
        let messages = Self.messages(3_000, seed: 1)
        let identity = try Transforming { try $0.map(Self.one, Self.one) }
        #expect(try sent(identity, messages) == messages)
    }

    @Test func `mapping there and back gives the same bytes`() throws {
        let messages = Self.messages(3_000, seed: 2)
        let there = try Transforming { try $0.map(Self.one, Self.other) }
        let back = try Transforming { try $0.map(Self.other, Self.one) }
        let mapped = try sent(there, messages)
        #expect(mapped != messages)
        #expect(mapped.allSatisfy { !$0.topic.contains(Self.one) })
        #expect(try sent(back, mapped) == messages)
    }

    @Test func `shifting there and back gives the same bytes`() throws {
        let messages = Self.messages(3_000, seed: 3)
        let there = Transforming { $0.transformation.timeShift = .by(98_765_432_109_876) }
        let back = Transforming { $0.transformation.timeShift = .by(-98_765_432_109_876) }
        let moved = try sent(there, messages)
        #expect(moved != messages)
        #expect(try sent(back, moved) == messages)
    }

    @Test func `all at once never crash and keep what is JSON valid`() throws {
        let messages = Self.messages(3_000, seed: 4)
        let all = try Transforming {
            try $0.map(Self.one, Self.other)
            $0.transformation.timeShift = .by(3_600_000_000_000)
            $0.transformation.freshIDs = FreshIDs(seed: "test")
            $0.transformation.fanOut.copies = 3
            $0.transformation.knownDevices = [DeviceID(Self.one)]
        }
        let sent = try all(messages)
        #expect(sent.count == 9_000)
        for outgoing in sent where outgoing.sequence < 3_000 {
            let before = DecodedMessage.decode(
                topic: DeviceTopic.parse(messages[Int(outgoing.sequence)].topic),
                payload: messages[Int(outgoing.sequence)].payload, properties: PublishProperties())
            let after = DecodedMessage.decode(
                topic: DeviceTopic.parse(outgoing.topic), payload: outgoing.payload, properties: PublishProperties())
            #expect(before.findings.count == after.findings.count)
        }
    }

    @Test func `the copies of a fan-out keep the order of each device and of time`() throws {
        var random = SeededGenerator(seed: 6)
        var time: Int64 = 0
        let messages = (0..<500).map { index in
            time += Int64.random(in: 0...3, using: &random) * Int64.random(in: 0...500, using: &random)
            var message = SampleTape.message("v1/device/\(Self.one)/telemetry", at: time)
            message.sequence = Int64(index)
            return message
        }
        for (copies, spread) in [(1, 1_000), (2, 0), (5, 1_000), (7, 100_000)] as [(Int, Int64)] {
            let fanned = Transforming {
                $0.transformation.fanOut.copies = copies
                $0.transformation.fanOut.spread = spread
                $0.transformation.knownDevices = [DeviceID(Self.one)]
            }
            let sent = try fanned(messages)
            #expect(sent.count == 500 * copies)
            #expect(zip(sent, sent.dropFirst()).allSatisfy { $0.offset <= $1.offset })
            let devices = Dictionary(grouping: sent, by: \.device)
            #expect(devices.count == copies)
            for copy in 0..<copies {
                let own = devices[FanOut.id(of: DeviceID(Self.one), copy: copy)] ?? []
                #expect(own.map(\.sequence) == Array(0..<500))
                let delay = spread * Int64(copy) / Int64(copies)
                #expect(own.map(\.offset) == messages.map { $0.monotonic - messages[0].monotonic + delay })
            }
        }
    }
}
