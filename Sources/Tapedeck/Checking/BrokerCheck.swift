import DeviceProtocol
import MQTTSession
import MQTTWire
import Recorder
import Tape

/// Looks at a broker the way a recorder would, and leaves nothing behind.
struct BrokerCheck {
    /// How it is done.
    struct Plan {
        var connection: ConnectionOptions
        var subscriptions: [RecordOptions.Subscription]
        /// A topic that something may be published on.
        var probe: String?
        /// How long to listen, ns.
        var patience: Int64
    }

    private let plan: Plan
    private let time = SystemTimeSource()
    private let connection: BrokerConnection
    private let isStopping: () -> Bool
    private let wake: Int32
    private var facts: BrokerFacts
    private var waiting: [Int32: Int] = [:]
    private var probeID: Int32?
    private var probePayload: [UInt8] = []
    private var probedAt: Int64 = 0

    private static let answerTimeout: Int64 = 10_000_000_000
    private static let pings = 5

    /// Connects.
    ///
    /// - Throws: ``ConnectionError``.
    init(_ plan: Plan, wake: Int32, isStopping: @escaping () -> Bool) throws(ConnectionError) {
        self.plan = plan
        self.wake = wake
        self.isStopping = isStopping
        connection = try BrokerConnection(plan.connection)
        let started = time.monotonic
        try connection.connect()
        let terms = try connection.awaitAcknowledgement(
            within: Self.answerTimeout, wake: wake, isStopping: isStopping)
        guard let terms else { throw .lost(broker: connection.broker, reason: "the check was stopped") }
        let connectTime = time.monotonic - started
        var isEncrypted = false
        var host: String?
        switch plan.connection.address.transport {
        case .tls(let name, _):
            isEncrypted = true
            host = name
        case .tcp(let name, _): host = name
        case .unix: break
        }
        let peer = connection.peer
        facts = BrokerFacts(
            broker: connection.broker, isEncrypted: isEncrypted,
            isLocal: host == nil || peer?.hasPrefix("127.") == true || peer?.hasPrefix("[::1]") == true, peer: peer,
            sessionExpiryAsked: plan.connection.sessionExpiry, keepAliveAsked: plan.connection.keepAlive,
            terms: terms)
        facts.connectTime = connectTime
    }

    /// Does the rest of the check.
    ///
    /// - Returns: what was found out.
    /// - Throws: ``ConnectionError`` when the connection breaks meanwhile.
    mutating func run() throws(ConnectionError) -> BrokerFacts {
        try measureRoundTrips()
        try subscribe()
        let started = time.monotonic
        let deadline = started + plan.patience
        var nextMaintenance = started
        while time.monotonic < deadline, !isStopping() {
            if time.monotonic >= nextMaintenance {
                nextMaintenance += 1_000_000_000
                try connection.maintain()
            }
            try turn(until: min(deadline, nextMaintenance))
            if waiting.isEmpty, probeID == nil, let topic = plan.probe { try probe(topic) }
        }
        facts.listened = time.monotonic - started
        connection.disconnect(forgetsSession: true)
        return facts
    }

    private mutating func measureRoundTrips() throws(ConnectionError) {
        for _ in 0..<Self.pings {
            let before = connection.packetsHeard
            let started = time.monotonic
            guard connection.sendHeartbeat() else { return }
            while connection.packetsHeard == before, !isStopping() {
                guard time.monotonic - started < Self.answerTimeout else { return }
                try turn(until: started + Self.answerTimeout)
            }
            facts.roundTrips.append(time.monotonic - started)
        }
        facts.roundTrips.sort()
    }

    private mutating func subscribe() throws(ConnectionError) {
        for subscription in plan.subscriptions {
            let packetID = try connection.subscribe(subscription.filter, qos: subscription.qos)
            waiting[packetID] = facts.subscriptions.count
            facts.subscriptions.append(.init(filter: subscription.filter, qos: subscription.qos, code: nil))
        }
        // What the broker says of itself is retained, where it says anything; a refusal is no loss of messages.
        for text in ["$SYS/broker/#", "$SYS/brokers/#"] {
            guard let filter = try? TopicFilter(text) else { continue }
            _ = try connection.subscribe(toRetained: filter, qos: .atMostOnce)
        }
        if let probe = plan.probe, let filter = try? TopicFilter(probe),
            !plan.subscriptions.contains(where: { $0.filter.matches(probe) })
        {
            _ = try connection.subscribe(filter, qos: .atLeastOnce)
        }
    }

    private mutating func probe(_ topic: String) throws(ConnectionError) {
        facts.probe = .init(topic: topic)
        probePayload = Array("tapedeck check \(UInt64.random(in: 0 ... .max))".utf8)
        probedAt = time.monotonic
        probeID = try connection.publish(topic: topic, payload: probePayload, qos: .atLeastOnce)
        try connection.flush()
    }

    /// Reads what is there, or waits for it.
    private mutating func turn(until deadline: Int64) throws(ConnectionError) {
        let heard = connection.packetsHeard
        _ = try connection.read(limit: 512)
        for event in connection.takeEvents() { take(event) }
        try connection.flush()
        if connection.packetsHeard == heard {
            _ = connection.wait(timeout: deadline - time.monotonic, writing: false, wake: wake)
        }
    }

    private mutating func take(_ event: ConnectionEvent) {
        switch event {
        case .connected: break
        case .subscribed(let packetID, let code):
            if let index = waiting.removeValue(forKey: packetID) { facts.subscriptions[index].code = code }
        case .published(let packetID, let code):
            guard packetID == probeID else { return }
            facts.probe?.code = code
            facts.probe?.acknowledged = time.monotonic - probedAt
        case .message(let message): take(message)
        }
    }

    private mutating func take(_ message: IncomingMessage) {
        if message.topic.utf8.first == UInt8(ascii: "$") { return note(message) }
        if probeID != nil, message.payload == probePayload {
            facts.probe?.arrived = time.monotonic - probedAt
            return
        }
        facts.messages += 1
        facts.bytes += Int64(message.topic.utf8.count + message.payload.count + message.properties.bytes.count)
        guard facts.deviceLags.count < 10_000, DeviceTopic.parse(message.topic).kind == .telemetry,
            let written = DeviceTime.inTelemetry(message.payload), written.class != .naive,
            let stamp = written.timestamp
        else { return }
        facts.deviceLags.append(time.wall &- stamp.nanoseconds)
    }

    /// Keeps what the broker says of itself.
    private mutating func note(_ message: IncomingMessage) {
        let text = String(decoding: message.payload.prefix(200), as: UTF8.self)
        guard facts.system.count < 1_000 || facts.system[message.topic] != nil else { return }
        facts.system[message.topic] = text
        if message.topic == "$SYS/broker/publish/messages/dropped", let count = Int64(text) {
            facts.dropped = (facts.dropped?.first ?? count, count)
        }
        // EMQX tells its wall clock; mosquitto does not.
        if message.topic.hasSuffix("/datetime"), let theirs = DeviceTime(text: text).timestamp {
            facts.brokerLag = time.wall &- theirs.nanoseconds
        }
    }
}
