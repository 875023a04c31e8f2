import MQTTSession
import MQTTWire
import Terminal

/// One thing to know before a long recording starts.
struct CheckAdvice: Equatable {
    /// What it means for a recording.
    enum Weight: String {
        /// A recording would be incomplete.
        case loss
        /// It would be better to change something.
        case advice
        /// Good to know.
        case note
    }

    var weight: Weight
    /// A short name that stays the same.
    var code: String
    var text: String

    /// All that follows from the facts, the gravest first.
    static func all(_ facts: BrokerFacts) -> [CheckAdvice] {
        let list = subscriptions(facts) + session(facts) + queue(facts) + system(facts) + clocks(facts) + rest(facts)
        let order: [Weight] = [.loss, .advice, .note]
        return order.flatMap { weight in list.filter { $0.weight == weight } }
    }

    private static func subscriptions(_ facts: BrokerFacts) -> [CheckAdvice] {
        facts.subscriptions.compactMap { subscription in
            let filter = subscription.filter
            guard let code = subscription.code else {
                return .init(
                    weight: .loss, code: "subscription_unanswered",
                    text: "The broker did not answer the subscription to \(filter); it may refuse it without a word.")
            }
            if code >= 0x80 {
                return .init(
                    weight: .loss, code: "subscription_refused",
                    text: "The broker refuses the subscription to \(filter) (0x\(String(code, radix: 16))): "
                        + "ask for the right to read it, or choose other filters with -t.")
            }
            if code < subscription.qos.rawValue {
                return .init(
                    weight: .loss, code: "qos_lowered",
                    text:
                        "The broker delivers \(filter) at QoS \(code) only, \(subscription.qos.rawValue) was asked for: "
                        + "what is on its way when the connection breaks is lost.")
            }
            return nil
        }
    }

    private static func session(_ facts: BrokerFacts) -> [CheckAdvice] {
        var list: [CheckAdvice] = []
        if let granted = facts.terms.sessionExpiry, granted < facts.sessionExpiryAsked {
            list.append(
                .init(
                    weight: granted == 0 ? .loss : .advice, code: "session_expiry_lowered",
                    text: granted == 0
                        ? "The broker keeps no session: what is published while the recorder is away is lost."
                        : "The broker keeps the session for \(seconds(granted)) only, \(seconds(facts.sessionExpiryAsked)) "
                            + "was asked for: a recorder that is away longer finds its queue gone."))
        }
        if let keepAlive = facts.terms.serverKeepAlive, Int32(keepAlive) != facts.keepAliveAsked {
            list.append(
                .init(
                    weight: .note, code: "keep_alive_set",
                    text: "The broker sets the keep alive to \(keepAlive) s; \(facts.keepAliveAsked) s was asked for."))
        }
        return list
    }

    /// How long the broker's queue lasts while nobody takes from it.
    private static func queue(_ facts: BrokerFacts) -> [CheckAdvice] {
        var text = "How many messages the broker queues for a recorder that is away cannot be seen from here. "
        if isMosquitto(facts) {
            text += "mosquitto queues 1,000 unless max_queued_messages says otherwise"
        } else {
            text += "Brokers have limits of their own"
        }
        if let rate = facts.rate {
            let hour = Int64((rate * 3_600).rounded(.up))
            text +=
                ", which is \(duration(1_000 / rate)) at the \(HumanFormat.perSecond(rate)) seen now; an hour away "
                + "takes a queue of \(HumanFormat.count(hour)) messages"
        }
        text += isMosquitto(facts) ? ". Set max_queued_messages (0 for no limit) and look at max_queued_bytes." : "."
        var list = [CheckAdvice(weight: .advice, code: "queue_limit", text: text)]
        if isMosquitto(facts) {
            list.append(
                .init(
                    weight: .advice, code: "persistence",
                    text:
                        "A restart of mosquitto loses queues and sessions unless `persistence true` is set; after a crash "
                        + "also what came since the last autosave_interval (30 minutes unless told)."))
        }
        return list
    }

    private static func system(_ facts: BrokerFacts) -> [CheckAdvice] {
        guard let dropped = facts.dropped else {
            // mosquitto tells a number when it changes and lets it expire after a minute: silence is good news there.
            if isMosquitto(facts) { return [] }
            return [
                .init(
                    weight: .advice, code: "dropped_unseen",
                    text: facts.system.isEmpty
                        ? "The broker's own topics ($SYS/#) are not readable: messages that it drops from a full queue "
                            + "cannot be noticed. Allow this user to read $SYS/broker/publish/messages/dropped."
                        : "The broker does not say how many messages it drops "
                            + "($SYS/broker/publish/messages/dropped): they cannot be noticed.")
            ]
        }
        if dropped.last > dropped.first {
            return [
                .init(
                    weight: .loss, code: "dropping",
                    text:
                        "The broker is dropping messages for somebody now: \(HumanFormat.count(dropped.last - dropped.first)) "
                        + "during this check.")
            ]
        }
        guard dropped.last > 0 else { return [] }
        return [
            .init(
                weight: .note, code: "dropped_before",
                text:
                    "The broker has dropped \(HumanFormat.count(dropped.last, "message")) since it started, for some client."
            )
        ]
    }

    private static func clocks(_ facts: BrokerFacts) -> [CheckAdvice] {
        var list: [CheckAdvice] = []
        if let lag = facts.brokerLag, abs(lag) > 2_000_000_000 {
            list.append(
                .init(
                    weight: .advice, code: "broker_clock",
                    text:
                        "This machine's clock is \(difference(lag)) of the broker's: times on the tape are this machine's. "
                        + "Is it synchronised (timedatectl)?"))
        }
        if let lag = facts.deviceLag, abs(lag) > 5_000_000_000 {
            list.append(
                .init(
                    weight: .note, code: "device_clocks",
                    text: "Half of the telemetry seen carries a time \(duration(Double(abs(lag)) / 1e9)) or more "
                        + "\(lag > 0 ? "before" : "after") its arrival: devices' clocks, or the time they take to send, differ."
                ))
        }
        return list
    }

    private static func rest(_ facts: BrokerFacts) -> [CheckAdvice] {
        var list: [CheckAdvice] = []
        if !facts.terms.wildcardsAvailable,
            facts.subscriptions.contains(where: { $0.filter.text.contains("#") || $0.filter.text.contains("+") })
        {
            list.append(
                .init(
                    weight: .loss, code: "no_wildcards",
                    text: "The broker takes no wildcards in subscriptions: name each topic with -t."))
        }
        if !facts.isEncrypted, !facts.isLocal {
            list.append(
                .init(
                    weight: .advice, code: "not_encrypted",
                    text:
                        "The connection is not encrypted, and messages of devices carry their access keys: use mqtts:// "
                        + "where the broker offers it."))
        }
        if let probe = facts.probe, probe.arrived == nil {
            let why = probe.code.map { $0 >= 0x80 ? " (refused: 0x\(String($0, radix: 16)))" : "" } ?? ""
            list.append(
                .init(
                    weight: .loss, code: "probe_lost",
                    text:
                        "The probe on \(probe.topic) did not come back\(why): this user may not publish or not read there."
                ))
        }
        if let time = facts.roundTrip, time > 500_000_000 {
            list.append(
                .init(
                    weight: .advice, code: "slow",
                    text:
                        "A round trip takes \(time / 1_000_000) ms. With \(facts.subscriptions.count == 1 ? "its" : "their") "
                        + "window of 960 messages the recorder takes \(HumanFormat.count(Int64(960 / (Double(time) / 1e9)))) "
                        + "a second at most at QoS 1."))
        }
        return list
    }

    static func isMosquitto(_ facts: BrokerFacts) -> Bool {
        facts.version?.lowercased().contains("mosquitto") == true
    }

    private static func seconds(_ value: UInt32) -> String {
        value == .max ? "ever" : duration(Double(value))
    }

    static func duration(_ seconds: Double) -> String {
        HumanFormat.duration(nanoseconds: Int64(clamping: Int(min(seconds, 1e9) * 1e9)))
    }

    private static func difference(_ lag: Int64) -> String {
        duration(Double(abs(lag)) / 1e9) + (lag > 0 ? " ahead" : " behind")
    }
}
