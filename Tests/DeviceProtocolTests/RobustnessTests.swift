import DeviceProtocol
import MQTTWire
import TestSupport
import Testing

@Suite struct RobustnessTests {
    private static let suffixes = MessageKind.allCases.compactMap { kind in
        DeviceTopic.topic(for: kind, device: "a")
    }

    @Test func `random bytes never crash`() {
        var random = SeededGenerator(seed: 6)
        for topic in Self.suffixes + ["v1/device/a/x"] {
            for _ in 0..<200 {
                let count = Int.random(in: 0...60, using: &random)
                let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                let decoded = DecodedMessage.decode(topic: topic, payload: payload, properties: .init())
                if case .unknown(let unknown) = decoded.message { #expect(unknown.payload == payload) }
                for finding in decoded.findings { #expect(!finding.detail.isEmpty && !finding.code.isEmpty) }
            }
        }
    }

    @Test func `mutated samples never crash on any topic`() {
        var random = SeededGenerator(seed: 7)
        for sample in Sample.all + Sample.prose {
            for round in 0..<150 {
                var payload = sample.bytes
                for _ in 0..<round % 6 where !payload.isEmpty {
                    let index = Int.random(in: 0..<payload.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: payload[index] = UInt8.random(in: 0...255, using: &random)
                    case 1: payload.remove(at: index)
                    case 2: payload.insert(Array(#"{}[]",:0"#.utf8).randomElement(using: &random) ?? 0, at: index)
                    default: payload.removeSubrange(index...)
                    }
                }
                let topic = round % 3 == 0 ? Self.suffixes.randomElement(using: &random) : sample.topic
                let decoded = DecodedMessage.decode(
                    topic: topic ?? sample.topic, payload: payload, properties: sample.properties)
                #expect(decoded.findings.count <= 64)
            }
        }
    }

    @Test func `random topics never crash`() {
        var random = SeededGenerator(seed: 8)
        let parts = ["v1", "device", "a", "", "telemetry", "config", "update", "commands", "é", "#", "+", "\0"]
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...6, using: &random)
            let topic = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined(separator: "/")
            #expect(DeviceTopic.parse(topic).kind == MessageKind.of(topic: topic))
        }
    }
}
