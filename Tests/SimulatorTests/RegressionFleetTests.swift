import DeviceProtocol
import Simulator
import Testing

@Suite struct RegressionFleetTests {
    private static func settings(identity: UInt64? = nil, faults: Set<CloudFault> = []) -> SimulationSettings {
        var settings = SimulationSettings(devices: 6, rate: 30, seed: 4)
        settings.identitySeed = identity
        settings.faults = faults
        return settings
    }

    private static func messages(_ settings: SimulationSettings) -> [SimulatedPublish] {
        Array(SimulatedSession(settings).prefix(4_000))
    }

    @Test func `another identity gives other devices that live through the same`() {
        let (one, other) = (Self.messages(Self.settings()), Self.messages(Self.settings(identity: 9)))
        let devices = Roster(Self.settings()).entries
        let others = Roster(Self.settings(identity: 9)).entries
        #expect(Set(devices.map(\.device)).isDisjoint(with: others.map(\.device)))
        #expect(Set(devices.map(\.accessKey)).isDisjoint(with: others.map(\.accessKey)))
        #expect(one.map(\.dueOffset) == other.map(\.dueOffset))
        #expect(
            one.map { DeviceTopic.parse($0.topic).suffix } == other.map { DeviceTopic.parse($0.topic).suffix })
    }

    @Test func `a missing configuration is not sent`() {
        let sound = Self.messages(Self.settings())
        let faulty = Self.messages(Self.settings(faults: [.missingConfig]))
        // A device that missed one may say less later, too.
        #expect(Self.configs(faulty) < Self.configs(sound))
    }

    private static func configs(_ messages: [SimulatedPublish]) -> Int {
        messages.prefix { $0.dueOffset < 100_000_000_000 }.count { DeviceTopic.parse($0.topic).suffix == "config" }
    }

    @Test func `a wrong parameter stands in one command`() {
        let faulty = Self.messages(Self.settings(faults: [.wrongParameter]))
        let wrong = faulty.filter {
            $0.side == .cloud && String(decoding: $0.payload, as: UTF8.self).contains("wrong on purpose")
        }
        let ids = Set(wrong.map { String(decoding: $0.payload.prefix(60), as: UTF8.self) })
        #expect(ids.count == 1)
    }

    @Test func `a late answer comes two seconds late`() throws {
        func first(_ faults: Set<CloudFault>) throws -> Int64 {
            let messages = Self.messages(Self.settings(faults: faults))
            return try #require(messages.first { $0.topic.hasSuffix("/space_info") }).dueOffset
        }
        // The answers to other devices come meanwhile.
        #expect(try first([.lateAnswer]) > first([]))
    }
}
