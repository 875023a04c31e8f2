import DeviceProtocol
import JSONScan
import MQTTWire
import Simulator
import Testing

@Suite struct SimulatedSessionTests {
    private static func messages(
        _ count: Int, devices: Int = 20, rate: Double? = nil, seed: UInt64 = 1, odd: Double = 0
    ) -> [SimulatedPublish] {
        let settings = SimulationSettings(devices: devices, rate: rate, seed: seed, oddShare: odd)
        return Array(SimulatedSession(settings).prefix(count))
    }

    /// What most tests look at: a default fleet without and with odd messages.
    private static let regular = messages(20_000)
    private static let rough = messages(10_000, odd: 0.3)

    @Test func `the same seed gives the same messages`() {
        let first = Self.messages(5_000, seed: 7, odd: 0.1)
        #expect(first == Self.messages(5_000, seed: 7, odd: 0.1))
        #expect(first != Self.messages(5_000, seed: 8, odd: 0.1))
    }

    @Test func `payloads do not depend on how often the model is asked`() {
        let settings = SimulationSettings(devices: 9, seed: 3)
        var (coarse, fine) = (FleetModel(settings), FleetModel(settings))
        let once = coarse.advance(to: 600_000_000_000)
        var steps: [SimulatedPublish] = []
        for second in 0...600 { steps += fine.advance(to: Int64(second) * 1_000_000_000) }
        #expect(once == steps)
    }

    @Test func `messages come in the order of time`() {
        let messages = Self.rough
        #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.dueOffset <= $1.dueOffset })
    }

    @Test func `every kind of topic occurs in both generations`() {
        let suffixes = Set(Self.regular.map { DeviceTopic.parse($0.topic).suffix })
        #expect(
            suffixes == [
                "telemetry", "config", "config/update", "commands", "command", "command/children", "commands/update",
                "license", "license/update", "space_info", "firmware", "update", "cloud_settings/update", "get",
                "incidents",
            ])
    }

    @Test func `the regular kinds occur soon in a small fleet`() {
        let kinds = Set(Self.regular.prefix(4_000).map { MessageKind.of(topic: $0.topic) })
        #expect(kinds == Set(MessageKind.allCases).subtracting([.unknown]))
    }

    @Test func `every message travels in the direction of its topic`() {
        for message in Self.regular.prefix(10_000) {
            let (direction, _) = Direction.of(
                kind: MessageKind.of(topic: message.topic), properties: message.properties)
            #expect((direction == .deviceToCloud) == (message.side == .fleet), "\(message.topic)")
        }
    }

    @Test func `a device presents itself in every message`() {
        for message in Self.regular.prefix(5_000) where message.side == .fleet {
            let device = DeviceTopic.parse(message.topic).device
            #expect(message.properties.userProperty("device_id").map { DeviceID($0) } == device)
            #expect(message.properties.userProperty("access_key")?.utf8.count == 32)
        }
    }

    @Test func `regular payloads decode into their models`() {
        for message in Self.regular.prefix(10_000) {
            let decoded = DecodedMessage.decode(
                topic: message.topic, payload: message.payload, properties: message.properties)
            if case .unknown = decoded.message {
                Issue.record("\(message.topic) \(String(decoding: message.payload, as: UTF8.self))")
            }
        }
    }

    @Test(arguments: [0.05, 0.5]) func `the share of odd messages is as asked`(share: Double) {
        let fleet = Self.messages(8_000, odd: share).filter { $0.side == .fleet }
        let odd = fleet.count { $0.oddity != nil }
        #expect(abs(Double(odd) / Double(fleet.count) - share) < 0.03)
    }

    @Test func `every oddity occurs`() {
        let messages = Self.messages(40_000, odd: 1)
        let seen = Set(messages.compactMap(\.oddity))
        #expect(Set(Oddity.allCases).subtracting(seen).map(\.rawValue) == [])
        #expect(messages.contains { $0.payload.count > 128 * 1_024 })
    }

    @Test func `nothing is odd or retained unless asked`() {
        #expect(Self.regular.allSatisfy { $0.oddity == nil && !$0.retain })
    }

    @Test func `access keys stand in the user property only`() {
        let messages = Self.rough
        var keys: [DeviceID: [UInt8]] = [:]
        for message in messages {
            guard let device = DeviceTopic.parse(message.topic).device,
                let key = message.properties.userProperty("access_key")
            else { continue }
            keys[device] = Array(key.utf8)
        }
        for message in messages {
            guard let device = DeviceTopic.parse(message.topic).device, let key = keys[device] else { continue }
            #expect(message.payload.firstRange(of: key) == nil)
            #expect(Array(message.topic.utf8).firstRange(of: key) == nil)
        }
    }

    @Test func `secrets of the cloud stand in the documented fields only`() {
        let secrets: Set = ["password", "signature", "data"]
        for message in Self.regular where message.side == .cloud {
            let text = String(decoding: message.payload, as: UTF8.self)
            let kind = MessageKind.of(topic: message.topic)
            for secret in secrets where text.contains("\"\(secret)\":") {
                #expect(kind == (secret == "password" ? .config : .license))
            }
            if text.contains("X-Amz-Signature=") { #expect(kind == .command) }
        }
    }

    @Test(arguments: [1, 2, 5_000]) func `fleets of any size run`(devices: Int) {
        let messages = Self.messages(2_000, devices: devices)
        #expect(messages.count == 2_000)
        var fleet = FleetModel(SimulationSettings(devices: devices))
        let first = fleet.advance(to: 11_000_000_000)
        #expect(Set(first.compactMap { DeviceTopic.parse($0.topic).device }).count == devices)
    }

    @Test func `a high rate is kept in the schedule`() {
        let messages = Self.messages(20_000, devices: 4, rate: 20_000)
        let fleet = messages.filter { MessageKind.of(topic: $0.topic) == .telemetry }
        let seconds = Double(messages.last?.dueOffset ?? 1) / 1e9
        #expect(Double(fleet.count) / seconds > 17_000)
    }
}
