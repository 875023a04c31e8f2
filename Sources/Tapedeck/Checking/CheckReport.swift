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
        writer.key("broker")
        writer.string(facts.broker)
        Self.put("peer", facts.peer, &writer)
        Self.put("version", facts.version, &writer)
        writer.key("complete")
        writer.bool(isComplete)
        Self.put("connect_us", facts.connectTime / 1_000, &writer)
        Self.put("round_trip_us", facts.roundTrip.map { $0 / 1_000 }, &writer)
        Self.put("session_expiry_s", Int64(facts.terms.sessionExpiry ?? facts.sessionExpiryAsked), &writer)
        Self.put("keep_alive_s", facts.terms.serverKeepAlive.map(Int64.init) ?? Int64(facts.keepAliveAsked), &writer)
        Self.put("receive_maximum", Int64(facts.terms.receiveMaximum), &writer)
        Self.put("maximum_packet_size", facts.terms.maximumPacketSize.map(Int64.init), &writer)
        Self.put("maximum_qos", Int64(facts.terms.maximumQoS.rawValue), &writer)
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
        Self.put("listened_ms", facts.listened / 1_000_000, &writer)
        Self.put("messages", facts.messages, &writer)
        Self.put("bytes", facts.bytes, &writer)
        Self.put("device_lag_ms", facts.deviceLag.map { $0 / 1_000_000 }, &writer)
        Self.put("broker_clock_ms", facts.brokerLag.map { $0 / 1_000_000 }, &writer)
        putProbe(&writer)
        writer.key("advice")
        writer.beginArray()
        for item in advice {
            writer.beginObject()
            writer.key("weight")
            writer.string(item.weight.rawValue)
            writer.key("code")
            writer.string(item.code)
            writer.key("text")
            writer.string(item.text)
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
            writer.key("filter")
            writer.string(subscription.filter.text)
            Self.put("qos", Int64(subscription.qos.rawValue), &writer)
            if let code = subscription.code { Self.put(code >= 0x80 ? "refused" : "granted", Int64(code), &writer) }
            writer.endObject()
        }
        writer.endArray()
    }

    private func putSystem(_ writer: inout JSONWriter) {
        writer.key("system_topics")
        writer.beginObject()
        writer.key("readable")
        writer.bool(!facts.system.isEmpty)
        Self.put("uptime_s", facts.number("uptime"), &writer)
        Self.put("clients_connected", facts.number("clients/connected"), &writer)
        Self.put("retained", facts.number("retained messages/count"), &writer)
        Self.put("dropped", facts.dropped?.last, &writer)
        Self.put("dropped_meanwhile", facts.dropped.map { $0.last - $0.first }, &writer)
        writer.endObject()
    }

    private func putProbe(_ writer: inout JSONWriter) {
        guard let probe = facts.probe else { return }
        writer.key("probe")
        writer.beginObject()
        writer.key("topic")
        writer.string(probe.topic)
        Self.put("reason_code", probe.code.map(Int64.init), &writer)
        Self.put("acknowledged_us", probe.acknowledged.map { $0 / 1_000 }, &writer)
        Self.put("arrived_us", probe.arrived.map { $0 / 1_000 }, &writer)
        writer.endObject()
    }

    private static func put(_ name: String, _ value: Int64?, _ writer: inout JSONWriter) {
        guard let value else { return }
        writer.key(name)
        writer.int(value)
    }

    private static func put(_ name: String, _ value: String?, _ writer: inout JSONWriter) {
        guard let value else { return }
        writer.key(name)
        writer.string(value)
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
