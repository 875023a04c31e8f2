import DeviceProtocol
import MQTTSession
import MQTTWire
import Testing

@testable import Simulator

@Suite struct SendableTests {
    /// Properties that MQTT 5.0 §3.3.2.3 allows only once and that stand more than once.
    private static func repeats(_ properties: PublishProperties) -> [UInt8] {
        let identifiers = properties.list.compactMap { property in
            switch property {
            case .userProperty, .subscriptionIdentifier: nil as UInt8?
            default: property.identifier
            }
        }
        return identifiers.filter { identifier in identifiers.count { $0 == identifier } > 1 }
    }

    @Test(arguments: [1, 7, 42] as [UInt64])
    func `no message has a property twice that may stand only once, however odd`(seed: UInt64) {
        let settings = SimulationSettings(devices: 60, seed: seed, oddShare: 1)
        var oddities: [Oddity: Int] = [:]
        var offenders: [String] = []
        for message in SimulatedSession(settings).prefix(10_000) {
            if let oddity = message.oddity { oddities[oddity, default: 0] += 1 }
            if !Self.repeats(message.properties).isEmpty {
                offenders.append("\(message.topic) \(String(describing: message.oddity))")
            }
        }
        #expect(offenders.isEmpty)
        #expect(oddities[.garbageCorrelation, default: 0] > 10)
    }

    @Test(arguments: [true, false])
    func `garbage in the correlation data takes the place of what was there`(isCorrelated: Bool) {
        var random = SeededGenerator(seed: 1)
        var publish = SimulatedPublish(
            side: .fleet, topic: "v1/device/a/commands/update", payload: [], qos: .atLeastOnce,
            properties: PublishProperties([.userProperty(name: "device_id", value: "a")]), dueOffset: 0)
        if isCorrelated { publish.properties.append(.correlationData([1, 2])) }
        Oddity.garbageCorrelation.apply(to: &publish, at: .init(nanoseconds: 0), &random)
        #expect(publish.properties.list.count == 2)
        #expect(publish.properties.correlationData == Array("[object Object]".utf8))
    }

    @Test func `a message that cannot be sent is counted and costs no connection`() throws {
        let options = ConnectionOptions(address: try BrokerAddress("mqtt://127.0.0.1:1883"), clientID: "test")
        var link = try BrokerLink(options, subscriptions: [], seed: 1)
        var progress = BrokerLink.Progress()
        let message = SimulatedPublish(
            side: .fleet, topic: "v1/device/+", payload: [], qos: .atLeastOnce, properties: PublishProperties(),
            dueOffset: 0)
        try link.publish(message, at: 0, &progress)
        #expect(progress.unsendable.count == 1)
        #expect(progress.loss == nil)
        #expect(link.isSettled)
    }
}
