import MQTTSession
import MQTTWire

/// One side's connection, made again whenever it is lost.
struct BrokerLink {
    private enum State {
        /// Not connected; tries again at that time.
        case waiting(until: Int64)
        /// Connected; these subscriptions have no answer yet, by packet identifier.
        case subscribing([Int32: TopicFilter])
        case ready
    }

    /// A filter and the QoS asked for.
    typealias Subscription = (filter: TopicFilter, qos: QualityOfService)

    /// What came of looking at the connection.
    struct Progress {
        var messages: [IncomingMessage] = []
        var refused: [TopicFilter] = []
        var rejected = 0
        /// Why messages were not handed over at all, one reason each.
        var unsendable: [ConnectionError] = []
        /// Messages that were on their way when the connection broke.
        var unconfirmed = 0
        /// Why the connection broke, if it did.
        var loss: ConnectionError?
        var isReadyAgain = false
    }

    private let options: ConnectionOptions
    private let subscriptions: [Subscription]
    private var connection: BrokerConnection
    private var state = State.waiting(until: .min)
    private var backoff: Backoff
    private var wasReady = false
    /// Messages at QoS > 0 that the broker has not acknowledged, and those at QoS 0 that have not left.
    private var outstanding = 0
    private var window = 20
    private var mustWrite = false
    private var lastUpkeep: Int64 = .min

    /// How many messages may be on their way at most, whatever the broker allows.
    private static let greatestWindow = 1_000

    init(_ options: ConnectionOptions, subscriptions: [Subscription], seed: UInt64) throws(ConnectionError) {
        self.options = options
        self.subscriptions = subscriptions
        connection = try BrokerConnection(options)
        backoff = Backoff(seed: seed)
    }

    /// Whether messages can be published and arrive.
    var isReady: Bool {
        if case .ready = state { true } else { false }
    }

    /// Whether the broker takes one more message now.
    var hasRoom: Bool { isReady && outstanding < window }

    /// Whether everything published has been written and acknowledged.
    var isSettled: Bool { outstanding == 0 && !mustWrite }

    /// Connects if it is time, reads what has arrived, and keeps the connection alive.
    ///
    /// - Throws: ``ConnectionError`` where trying again is of no use, or the first attempt failed.
    mutating func look(at now: Int64) throws(ConnectionError) -> Progress {
        var progress = Progress()
        do throws(ConnectionError) {
            try connectIfDue(now)
            guard isOpen else { return progress }
            _ = try connection.read(limit: 512)
            for event in connection.takeEvents() { try take(event, &progress) }
            if now &- lastUpkeep >= 1_000_000_000 || lastUpkeep == .min {
                lastUpkeep = now
                try connection.maintain()
            }
            mustWrite = try !connection.flush()
        } catch {
            try lose(error, now, &progress)
        }
        return progress
    }

    /// Hands over a message; it leaves with the next ``flush(at:)``.
    ///
    /// - Throws: ``ConnectionError`` where trying again is of no use.
    mutating func publish(
        _ message: SimulatedPublish, at now: Int64, _ progress: inout Progress
    ) throws(ConnectionError) {
        do throws(ConnectionError) {
            _ = try connection.publish(
                topic: message.topic, payload: message.payload, qos: message.qos, retain: message.retain,
                properties: message.properties)
            outstanding += 1
        } catch .unsendable(let topic, let reason) {
            // The connection is as good as before.
            progress.unsendable.append(.unsendable(topic: topic, reason: reason))
        } catch {
            try lose(error, now, &progress)
        }
    }

    /// Writes what waits, as far as the socket takes it.
    mutating func flush(at now: Int64) throws(ConnectionError) -> Progress {
        var progress = Progress()
        guard isOpen else { return progress }
        do throws(ConnectionError) {
            mustWrite = try !connection.flush()
        } catch {
            try lose(error, now, &progress)
        }
        return progress
    }

    /// Notes that the connection is gone.
    ///
    /// - Throws: `error` where trying again is of no use, or there never was a connection.
    private mutating func lose(_ error: ConnectionError, _ now: Int64, _ progress: inout Progress)
        throws(ConnectionError)
    {
        guard wasReady, error.isTransient else { throw error }
        if isOpen {
            progress.loss = error
            progress.unconfirmed = outstanding
        }
        // A new connection object: nothing of the old one's queues is sent twice.
        connection = try BrokerConnection(options)
        outstanding = 0
        mustWrite = false
        state = .waiting(until: now &+ backoff.next())
    }

    /// Waits for the broker.
    func wait(_ timeout: Int64, wake: Int32) {
        _ = connection.wait(timeout: timeout, writing: mustWrite, wake: wake)
    }

    /// Says goodbye.
    func close() {
        connection.disconnect()
    }

    private var isOpen: Bool {
        if case .waiting = state { false } else { true }
    }

    private mutating func connectIfDue(_ now: Int64) throws(ConnectionError) {
        guard case .waiting(let until) = state, until <= now else { return }
        try connection.connect()
        state = .subscribing([:])
    }

    private mutating func take(_ event: ConnectionEvent, _ progress: inout Progress) throws(ConnectionError) {
        switch event {
        case .connected(let acknowledgement):
            window = min(max(1, Int(acknowledgement.receiveMaximum)), Self.greatestWindow)
            var open: [Int32: TopicFilter] = [:]
            for subscription in subscriptions {
                open[try connection.subscribe(subscription.filter, qos: subscription.qos)] = subscription.filter
            }
            state = .subscribing(open)
        case .subscribed(let packetID, let code):
            guard case .subscribing(var open) = state else { return }
            if let filter = open.removeValue(forKey: packetID), code >= 0x80 { progress.refused.append(filter) }
            state = .subscribing(open)
            if open.isEmpty { becomeReady(&progress) }
        case .message(let message): progress.messages.append(message)
        case .published(_, let code):
            outstanding = max(0, outstanding - 1)
            // 0x10 only says that nobody listens (MQTT 5.0 §3.4.2.1).
            if code >= 0x80 { progress.rejected += 1 }
        }
    }

    private mutating func becomeReady(_ progress: inout Progress) {
        state = .ready
        progress.isReadyAgain = wasReady
        wasReady = true
        backoff.reset()
    }
}
