import MQTTWire

@testable import MQTTSession
@testable import Replay

/// A broker at the far end of no wire: it takes what is published as told, and moves the clock when waited for.
final class ScriptedTarget: PublishTarget {
    /// What it did with one message.
    struct Published: Hashable {
        var sequence: String
        var qos: QualityOfService
        var time: Int64
    }

    let clock: ManualClock
    var terms = ConnectionAcknowledgement(
        sessionPresent: false, receiveMaximum: 20, maximumQoS: .exactlyOnce)
    /// Whether bytes leave.
    var isBlocked = false
    /// Whether QoS 1 and 2 are acknowledged.
    var acknowledges = true
    /// Whether CONNECT is answered.
    var answers = true
    /// Messages after which no byte leaves any more.
    var freezesAfter = Int.max
    /// Messages after which the connection breaks.
    var breaksAfter = Int.max
    var reasonCode: UInt8 = 0
    /// Why the next writing fails.
    var flushError: ConnectionError?
    /// Why keeping the connection alive fails.
    var maintainError: ConnectionError?
    /// Why no connection comes about.
    var connectError: ConnectionError?
    var subscriptionCode: UInt8 = 0
    private(set) var subscriptions: [String] = []
    private(set) var published: [Published] = []
    private(set) var payloads: [String] = []
    /// The most messages that were handed over without having been written.
    private(set) var deepestQueue = 0
    private(set) var isDisconnected = false

    private var unwritten: [(id: Int32, qos: QualityOfService)] = []
    private var unacknowledged: [(id: Int32, qos: QualityOfService)] = []
    private var unwrittenFrom = Int.max
    private var events: [ConnectionEvent] = []
    private var nextID: Int32 = 0

    init(_ clock: ManualClock) {
        self.clock = clock
    }

    var broker: String { "mqtt://scripted.example:1883" }
    var peer: String? { "192.0.2.1:1883" }

    func connect() throws(ConnectionError) {
        if let connectError { throw connectError }
        if answers { events.append(.connected(terms)) }
    }

    func publish(
        topic: String, payload: [UInt8], qos: QualityOfService, retain: Bool, properties: PublishProperties
    ) throws(ConnectionError) -> Int32 {
        if topic == "bad" { throw .unsendable(topic: topic, reason: "too large") }
        if published.count >= breaksAfter { throw .lost(broker: broker, reason: "test") }
        nextID = nextID % 65_535 + 1
        published.append(Published(sequence: topic, qos: qos, time: clock.monotonic))
        payloads.append(String(decoding: payload, as: UTF8.self))
        unwritten.append((nextID, qos))
        unwrittenFrom = min(unwrittenFrom, published.count - 1)
        deepestQueue = max(deepestQueue, unwritten.count)
        return nextID
    }

    func read(limit: Int) throws(ConnectionError) -> Bool { true }

    func takeEvents() -> [ConnectionEvent] {
        defer { events = [] }
        return events
    }

    func flush() throws(ConnectionError) -> Bool {
        if let flushError { throw flushError }
        if isBlocked || published.count > freezesAfter { return unwritten.isEmpty }
        // A message counts from the instant at which it reaches the wire.
        for index in published.indices.suffix(from: min(unwrittenFrom, published.count)) {
            published[index].time = clock.monotonic
        }
        unwrittenFrom = .max
        unacknowledged += acknowledges ? [] : unwritten.filter { $0.qos != .atMostOnce }
        for (id, qos) in unwritten where qos == .atMostOnce || acknowledges {
            events.append(.published(packetID: id, reasonCode: qos == .atMostOnce ? 0 : reasonCode))
        }
        unwritten = []
        return true
    }

    /// Acknowledges what was held back.
    func acknowledgeAll() {
        for (id, _) in unacknowledged { events.append(.published(packetID: id, reasonCode: reasonCode)) }
        unacknowledged = []
    }

    func maintain() throws(ConnectionError) {
        if let maintainError { throw maintainError }
    }
    func disconnect() { isDisconnected = true }

    var descriptor: Int32 = -1

    func subscribe(_ filter: TopicFilter, qos: QualityOfService) throws(ConnectionError) -> Int32 {
        nextID = nextID % 65_535 + 1
        subscriptions.append(filter.text)
        events.append(.subscribed(packetID: nextID, reasonCode: subscriptionCode))
        return nextID
    }

    /// Lets a message of the broker arrive.
    func deliver(_ topic: String, _ payload: String) {
        events.append(
            .message(
                IncomingMessage(
                    topic: topic, payload: Array(payload.utf8), qos: .atMostOnce, retain: false, dup: false,
                    packetID: nil, properties: PublishProperties())))
    }
}

/// Waits for nothing but time, which it moves; before each wait it hears what a test wants to happen.
final class ManualWaiter: LaneWaiter {
    private let clock: ManualClock
    private var lanes: [Int: Lane] = [:]
    /// What happens at an instant, in order.
    var plan: [(instant: Int64, happens: () -> Void)] = []

    init(_ clock: ManualClock) {
        self.clock = clock
    }

    func watch(_ lane: Lane) { lanes[lane.number] = lane }
    func forget(_ lane: Lane) { lanes[lane.number] = nil }
    func await(writing: Bool, of lane: Lane) {}

    func wait(timeout: Int64, reading: Bool) {
        let now = clock.monotonic
        if let next = plan.first, next.instant <= now &+ timeout {
            clock.advance(max(0, next.instant - now))
            plan.removeFirst()
            next.happens()
        } else {
            clock.advance(timeout)
        }
        for lane in lanes.values { lane.noteReadable() }
    }
}
