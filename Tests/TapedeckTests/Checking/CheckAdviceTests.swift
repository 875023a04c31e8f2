import JSONScan
import MQTTWire
import Testing

@testable import MQTTSession
@testable import Tapedeck

/// What follows from what a check found out.
@Suite struct CheckAdviceTests {
    /// A broker that grants everything and tells everything.
    private func facts(_ change: (inout BrokerFacts) -> Void = { _ in }) -> BrokerFacts {
        var facts = BrokerFacts(
            broker: "mqtts://b:8883", isEncrypted: true, isLocal: false, sessionExpiryAsked: 86_400, keepAliveAsked: 60,
            terms: .init(sessionPresent: false, receiveMaximum: 20, maximumQoS: .exactlyOnce))
        facts.system = ["$SYS/broker/version": "mosquitto version 2.0.11", "$SYS/broker/uptime": "77 seconds"]
        facts.dropped = (0, 0)
        facts.roundTrips = [1_000_000]
        facts.listened = 2_000_000_000
        change(&facts)
        return facts
    }

    private func codes(_ facts: BrokerFacts) -> [String] { CheckAdvice.all(facts).map(\.code) }

    @Test func `a broker that grants everything leaves what cannot be seen from here`() {
        let facts = facts()
        #expect(codes(facts) == ["queue_limit", "persistence"])
        #expect(CheckReport(facts).isComplete)
    }

    @Test func `each shortcoming is told once, the gravest first`() throws {
        let filter = try TopicFilter("a/#")
        let cases: [(String, Bool, (inout BrokerFacts) -> Void)] = [
            (
                "subscription_refused", false,
                { $0.subscriptions = [.init(filter: filter, qos: .atLeastOnce, code: 0x87)] }
            ),
            ("subscription_unanswered", false, { $0.subscriptions = [.init(filter: filter, qos: .atLeastOnce)] }),
            ("qos_lowered", false, { $0.subscriptions = [.init(filter: filter, qos: .exactlyOnce, code: 1)] }),
            (
                "no_wildcards", false,
                {
                    $0.subscriptions = [.init(filter: filter, qos: .atLeastOnce, code: 1)]
                    $0.terms.wildcardsAvailable = false
                }
            ), ("session_expiry_lowered", false, { $0.terms.sessionExpiry = 0 }),
            ("session_expiry_lowered", true, { $0.terms.sessionExpiry = 60 }),
            ("keep_alive_set", true, { $0.terms.serverKeepAlive = 20 }), ("dropping", false, { $0.dropped = (5, 9) }),
            ("dropped_before", true, { $0.dropped = (5, 5) }), ("probe_lost", false, { $0.probe = .init(topic: "p") }),
            ("not_encrypted", true, { $0.isEncrypted = false }), ("slow", true, { $0.roundTrips = [900_000_000] }),
            ("broker_clock", true, { $0.brokerLag = -3_000_000_000 }),
            ("device_clocks", true, { $0.deviceLags = [0, 60_000_000_000, 70_000_000_000] }),
            (
                "dropped_unseen", true,
                {
                    $0.system = [:]
                    $0.dropped = nil
                }
            ),
        ]
        for (code, isComplete, change) in cases {
            let facts = facts(change)
            #expect(codes(facts).filter { $0 == code }.count == 1, "\(code) in \(codes(facts))")
            #expect(CheckReport(facts).isComplete == isComplete, "\(code)")
            if !isComplete { #expect(codes(facts).first == code) }
        }
    }

    @Test func `mosquitto's silence about drops is no shortcoming, another broker's is`() {
        #expect(!codes(facts { $0.dropped = nil }).contains("dropped_unseen"))
        let other = facts {
            $0.dropped = nil
            $0.system["$SYS/broker/version"] = "other 1.0"
        }
        #expect(codes(other) == ["queue_limit", "dropped_unseen"])
    }

    @Test func `the queue is reckoned from the traffic that was seen`() throws {
        let facts = facts { $0.messages = 200 }
        let text = try #require(CheckAdvice.all(facts).first { $0.code == "queue_limit" }).text
        #expect(text.contains("10.0 s at the 100/s"))
        #expect(text.contains("360,000 messages"))
    }

    @Test func `what a broker says of itself cannot disturb a terminal or the JSON`() throws {
        let facts = facts { $0.system["$SYS/broker/version"] = "mosquitto \u{1b}[2J\"\n" }
        let report = CheckReport(facts)
        #expect(!report.text.contains("\u{1b}"))
        #expect(try JSONValue.parse(report.json.dropLast().map(\.self))["version"]?.string == "mosquitto \u{1b}[2J\"\n")
    }
}
