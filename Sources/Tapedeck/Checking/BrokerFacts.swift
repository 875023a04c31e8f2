import MQTTSession
import MQTTWire

/// What a check has found out about a broker.
struct BrokerFacts {
    /// A subscription and the broker's answer to it.
    struct Subscription {
        var filter: TopicFilter
        var qos: QualityOfService
        /// 0–2 for the QoS granted, from 0x80 a refusal; nil when no answer came.
        var code: UInt8?
    }

    /// What came of publishing something and receiving it.
    struct Probe {
        var topic: String
        /// The broker's reason code.
        var code: UInt8?
        /// From publishing to the acknowledgement, ns.
        var acknowledged: Int64?
        /// From publishing to the arrival, ns.
        var arrived: Int64?
    }

    var broker: String
    var isEncrypted: Bool
    var isLocal: Bool
    var peer: String?
    /// From the first packet to CONNACK, ns.
    var connectTime: Int64 = 0
    /// What was asked for.
    var sessionExpiryAsked: UInt32
    var keepAliveAsked: Int32
    var terms: ConnectionAcknowledgement
    /// PING to answer, ns, in ascending order.
    var roundTrips: [Int64] = []
    var subscriptions: [Subscription] = []
    /// Values of the broker's own topics below `$SYS/`, by topic.
    var system: [String: String] = [:]
    /// How often `$SYS/broker/publish/messages/dropped` was said to be what.
    var dropped: (first: Int64, last: Int64)?
    var probe: Probe?

    /// How long messages were listened to, ns.
    var listened: Int64 = 0
    var messages: Int64 = 0
    var bytes: Int64 = 0
    /// Arrival minus the time that devices wrote into their telemetry, ns.
    var deviceLags: [Int64] = []
    /// Our wall clock minus the broker's, ns, where it tells its own.
    var brokerLag: Int64?

    /// Messages a second, where there were enough to tell.
    var rate: Double? {
        listened > 0 && messages > 0 ? Double(messages) / (Double(listened) / 1e9) : nil
    }

    /// Half of the devices' messages came later than this after their own time, ns.
    var deviceLag: Int64? {
        deviceLags.isEmpty ? nil : deviceLags.sorted()[deviceLags.count / 2]
    }

    var roundTrip: Int64? {
        roundTrips.isEmpty ? nil : roundTrips[roundTrips.count / 2]
    }

    /// The broker's name and version in its own words.
    var version: String? {
        system["$SYS/broker/version"]
            ?? system.first { $0.key.hasPrefix("$SYS/brokers/") && $0.key.hasSuffix("/version") }?.value
    }

    /// A number below `$SYS/broker/`, also where a unit follows it (`1234 seconds`).
    func number(_ name: String) -> Int64? {
        system["$SYS/broker/\(name)"]?.split(separator: " ").first.flatMap { Int64($0) }
    }
}
