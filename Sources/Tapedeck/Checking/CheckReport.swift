import JSONScan
import MQTTSession
import MQTTWire
import Terminal

/// A check's outcome as a person or a program reads it.
struct CheckReport {
    let facts: BrokerFacts
    let advice: [CheckAdvice]

    init(_ facts: BrokerFacts) {
        self.facts = facts
        advice = CheckAdvice.all(facts)
    }

    /// Whether a recording could be complete.
    var isComplete: Bool { !advice.contains { $0.weight == .loss } }

    /// One object in a line.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("broker", facts.broker)
        writer.member("peer", facts.peer)
        writer.member("version", facts.version)
        writer.key("complete")
        writer.bool(isComplete)
        writer.member("connect_us", facts.connectTime / 1_000)
        writer.member("round_trip_us", facts.roundTrip.map { $0 / 1_000 })
        writer.member("session_expiry_s", Int64(facts.terms.sessionExpiry ?? facts.sessionExpiryAsked))
        writer.member("keep_alive_s", facts.terms.serverKeepAlive.map(Int64.init) ?? Int64(facts.keepAliveAsked))
        writer.member("receive_maximum", Int64(facts.terms.receiveMaximum))
        writer.member("maximum_packet_size", facts.terms.maximumPacketSize.map(Int64.init))
        writer.member("maximum_qos", Int64(facts.terms.maximumQoS.rawValue))
        for (name, value) in [
            ("retain_available", facts.terms.retainAvailable), ("wildcards_available", facts.terms.wildcardsAvailable),
            ("shared_subscriptions_available", facts.terms.sharedSubscriptionsAvailable),
            ("encrypted", facts.isEncrypted),
        ] {
            writer.key(name)
            writer.bool(value)
        }
        putSubscriptions(&writer)
        putSystem(&writer)
        writer.member("listened_ms", facts.listened / 1_000_000)
        writer.member("messages", facts.messages)
        writer.member("bytes", facts.bytes)
        writer.member("device_lag_ms", facts.deviceLag.map { $0 / 1_000_000 })
        writer.member("broker_clock_ms", facts.brokerLag.map { $0 / 1_000_000 })
        putProbe(&writer)
        writer.key("advice")
        writer.beginArray()
        for item in advice {
            writer.beginObject()
            writer.member("weight", item.weight.rawValue)
            writer.member("code", item.code)
            writer.member("text", item.text)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.newline()
        return writer.bytes
    }

    private func putSubscriptions(_ writer: inout JSONWriter) {
        writer.key("subscriptions")
        writer.beginArray()
        for subscription in facts.subscriptions {
            writer.beginObject()
            writer.member("filter", subscription.filter.text)
            writer.member("qos", Int64(subscription.qos.rawValue))
            if let code = subscription.code { writer.member(code >= 0x80 ? "refused" : "granted", Int64(code)) }
            writer.endObject()
        }
        writer.endArray()
    }

    private func putSystem(_ writer: inout JSONWriter) {
        writer.key("system_topics")
        writer.beginObject()
        writer.key("readable")
        writer.bool(!facts.system.isEmpty)
        writer.member("uptime_s", facts.number("uptime"))
        writer.member("clients_connected", facts.number("clients/connected"))
        writer.member("retained", facts.number("retained messages/count"))
        writer.member("dropped", facts.dropped?.last)
        writer.member("dropped_meanwhile", facts.dropped.map { $0.last - $0.first })
        writer.endObject()
    }

    private func putProbe(_ writer: inout JSONWriter) {
        guard let probe = facts.probe else { return }
        writer.key("probe")
        writer.beginObject()
        writer.member("topic", probe.topic)
        writer.member("reason_code", probe.code.map(Int64.init))
        writer.member("acknowledged_us", probe.acknowledged.map { $0 / 1_000 })
        writer.member("arrived_us", probe.arrived.map { $0 / 1_000 })
        writer.endObject()
    }

    /// The lines for a person.
    var text: String {
        var lines: [(String, String)] = []
        lines.append(
            ("broker", facts.broker + (facts.version.map { ", \($0)" } ?? "") + (facts.isEncrypted ? ", TLS" : "")))
        if let trip = facts.roundTrip {
            lines.append(
                ("round trip", "\(Self.milliseconds(trip)) (connected in \(Self.milliseconds(facts.connectTime)))"))
        }
        lines.append(("session", "kept for \(Self.span(facts.terms.sessionExpiry ?? facts.sessionExpiryAsked))"))
        for subscription in facts.subscriptions {
            let answer =
                switch subscription.code {
                case nil: "no answer"
                case let code? where code >= 0x80: "refused (0x\(String(code, radix: 16)))"
                case let code?: "granted at QoS \(code)"
                }
            lines.append(("filter", "\(subscription.filter) \(answer)"))
        }
        lines.append(("system topics", systemLine))
        var traffic = "\(HumanFormat.count(facts.messages, "message")) (\(HumanFormat.bytes(facts.bytes))) in "
        traffic += HumanFormat.duration(nanoseconds: facts.listened)
        lines.append(("traffic", traffic))
        if let probe = facts.probe {
            lines.append(
                ("probe", probe.arrived.map { "\(probe.topic) came back in \(Self.milliseconds($0))" } ?? "lost"))
        }
        lines.append(("publishing", publishingLine))
        var text = ""
        for (name, value) in lines {
            text += name + String(repeating: " ", count: max(1, 15 - name.count)) + DisplayText(value).text + "\n"
        }
        for item in advice { text += "\n\(Self.heading(item.weight))\(DisplayText(item.text).text)\n" }
        text += "\n" + (isComplete ? "A recording can be complete.\n" : "A recording would be incomplete.\n")
        return text
    }

    private var systemLine: String {
        guard !facts.system.isEmpty else { return "not readable" }
        var parts: [String] = []
        if let uptime = facts.number("uptime") { parts.append("up for \(CheckAdvice.duration(Double(uptime)))") }
        if let clients = facts.number("clients/connected") { parts.append(HumanFormat.count(clients, "client")) }
        if let retained = facts.number("retained messages/count") {
            parts.append("\(HumanFormat.count(retained)) retained")
        }
        if let dropped = facts.dropped {
            parts.append("\(HumanFormat.count(dropped.last)) dropped")
        } else if CheckAdvice.isMosquitto(facts) {
            parts.append("nothing dropped in the last minute")
        }
        return parts.isEmpty ? "readable" : parts.joined(separator: ", ")
    }

    private var publishingLine: String {
        var parts = ["QoS \(facts.terms.maximumQoS.rawValue) at most"]
        parts.append("\(HumanFormat.count(facts.terms.receiveMaximum)) on their way at once")
        if let size = facts.terms.maximumPacketSize {
            parts.append("packets of \(HumanFormat.bytes(Int64(size))) at most")
        }
        if !facts.terms.retainAvailable { parts.append("nothing retained") }
        return parts.joined(separator: ", ")
    }

    private static func heading(_ weight: CheckAdvice.Weight) -> String {
        switch weight {
        case .loss: "LOSS: "
        case .advice: "advice: "
        case .note: "note: "
        }
    }

    private static func milliseconds(_ time: Int64) -> String {
        HumanFormat.duration(nanoseconds: time)
    }

    private static func span(_ seconds: UInt32) -> String {
        seconds == .max ? "ever" : CheckAdvice.duration(Double(seconds))
    }
}
