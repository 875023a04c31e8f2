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
    private(set) var published: [Published] = []
    /// The most messages that were handed over without having been written.
    private(set) var deepestQueue = 0
    private(set) var isDisconnected = false

    private var unwritten: [(id: Int32, qos: QualityOfService)] = []
    private var events: [ConnectionEvent] = []
    private var nextID: Int32 = 0

    init(_ clock: ManualClock) {
        self.clock = clock
    }

    var broker: String { "mqtt://scripted.example:1883" }
    var peer: String? { "192.0.2.1:1883" }

    func connect() throws(ConnectionError) {
        if answers { events.append(.connected(terms)) }
    }

    func publish(
        topic: String, payload: [UInt8], qos: QualityOfService, retain: Bool, properties: PublishProperties
    ) throws(ConnectionError) -> Int32 {
        if topic == "bad" { throw .unsendable(topic: topic, reason: "too large") }
        if published.count >= breaksAfter { throw .lost(broker: broker, reason: "test") }
        nextID = nextID % 65_535 + 1
        published.append(Published(sequence: topic, qos: qos, time: clock.monotonic))
        unwritten.append((nextID, qos))
        deepestQueue = max(deepestQueue, unwritten.count)
        return nextID
    }

    func read(limit: Int) throws(ConnectionError) -> Bool { true }

    func takeEvents() -> [ConnectionEvent] {
        defer { events = [] }
        return events
    }

    func flush() throws(ConnectionError) -> Bool {
        if isBlocked || published.count > freezesAfter { return unwritten.isEmpty }
        for (id, qos) in unwritten where qos == .atMostOnce || acknowledges {
            events.append(.published(packetID: id, reasonCode: qos == .atMostOnce ? 0 : reasonCode))
        }
        unwritten = []
        return true
    }

    func maintain() throws(ConnectionError) {}
    func disconnect() { isDisconnected = true }

    func wait(timeout: Int64, writing: Bool, wake: Int32) -> BrokerConnection.Readiness {
        clock.advance(timeout)
        return BrokerConnection.Readiness()
    }
}
