import DeviceProtocol
import MQTTSession
import MQTTWire

/// A connection of a replay to the target, with what is on its way over it.
///
/// After a lost connection a new ``PublishTarget`` is made and everything that was not done is sent again, in order,
/// before the rest. There is exactly one list of what is outstanding, and that is ours. For the same reason QoS 2 is
/// exactly once only as long as the connection lasts.
final class Lane {
    /// How a connection is doing.
    enum State {
        /// Nobody asked for it yet.
        case closed
        /// It is being made.
        case connecting
        /// The broker's answers to CONNECT and SUBSCRIBE are awaited, until an instant.
        case opening(until: Int64)
        /// Messages flow.
        case open
        /// The next attempt to connect is made at an instant.
        case waiting(until: Int64)
        /// It is given up, with what the replay would end with if there were no other.
        case gone(ReplayReport.Ending)
    }

    let number: Int
    let role: LaneRole
    /// What is subscribed to before anything is published.
    let filters: [TopicFilter]
    let host: LaneHost

    var state = State.closed { didSet { host.needsTick = true } }
    var target: (any PublishTarget)?
    /// Why the last attempt to connect failed.
    var lastFailure: ReplayError?
    /// What is to be sent as soon as that is possible.
    var parked: ArraySlice<Shipment> = []
    var inFlight = InFlight()
    /// Whether a message is handed over whose time has not come: until then nothing is written.
    var isHeldBack = false
    /// Whether the socket has taken everything that it was given.
    var isFlushed = true

    var maximumQoS = QualityOfService.exactlyOnce
    var window = 0
    var openSubscriptions: Set<Int32> = []
    /// Whether there may be something to read.
    var isReadable = false
    var nextMaintenance: Int64 = 0
    /// When a message was last written or done, ns of the monotonic clock.
    var lastProgress: Int64 = 0
    /// Whether the lane is among those to be served.
    var isAttended = false
    /// Whether a message was done since the connection came about.
    var isFruitful = false
    var fruitlessConnections = 0
    var hasBeenOpen = false
    var backoff: Backoff
    /// When the connection was lost, and until when another one is tried for.
    var loss: (at: Int64, until: Int64, error: ConnectionError?)?
    /// After the broker stood still: until when connecting again may last, ns of the monotonic clock; nil once a message
    /// was done again.
    var standstillEnd: Int64?
    /// When the broker was asked for an answer, ns of the monotonic clock.
    var openingSince: Int64 = 0
    private var heldBytes = 0

    init(number: Int, role: LaneRole, filters: [TopicFilter] = [], host: LaneHost) {
        self.number = number
        self.role = role
        self.filters = filters
        self.host = host
        backoff = Backoff(seed: UInt64(number) + 1)
    }

    var isOpen: Bool { if case .open = state { true } else { false } }
    var isGone: Bool { if case .gone = state { true } else { false } }
    /// Whether nothing is on its way and nothing waits.
    var isIdle: Bool { isGone || inFlight.isEmpty && isFlushed && parked.isEmpty }
    /// Messages that were sent and are not acknowledged.
    var unacknowledged: Int { inFlight.unacknowledged }

    /// Whether a message would go to the connection at once.
    func canTake(_ message: OutgoingMessage) -> Bool {
        isOpen && isFlushed && parked.isEmpty && hasRoom(for: message)
    }

    func hasRoom(for message: OutgoingMessage) -> Bool {
        if inFlight.isEmpty { return true }
        guard host.bytes &+ message.cost <= host.limits.bytes, inFlight.span < InFlight.longestSpan else {
            return false
        }
        return message.qos == .atMostOnce || inFlight.unacknowledged < window
    }

    /// Lets a message wait for the connection.
    func park(_ shipment: Shipment) {
        parked.append(shipment)
        attend()
        account(shipment.message.cost)
        host.parked += 1
    }

    /// Takes note of memory that the lane uses or has given back, bytes.
    func account(_ bytes: Int) {
        heldBytes += bytes
        host.bytes += bytes
    }

    /// Keeps everything that is not done for the next connection.
    func retain() {
        let undone = inFlight.takeAll()
        host.parked += undone.count
        parked = undone[...] + parked
    }

    /// Lets go of everything that is not done, and counts what was sent of it.
    func drop() {
        retain()
        // What was never written to a socket counts as not sent, not as unacknowledged.
        host.report.unacknowledged += Int64(parked.count { $0.message.isRepeat && $0.message.qos != .atMostOnce })
        host.parked -= parked.count
        parked = []
        account(-heldBytes)
    }

    /// There may be something to read.
    func noteReadable() {
        isReadable = true
        attend()
    }

    /// Asks to be served.
    func attend() {
        guard !isAttended else { return }
        isAttended = true
        host.attention.append(self)
    }

    /// When the lane must be looked at next, ns of the monotonic clock.
    var nextTimer: Int64 {
        switch state {
        case .closed, .connecting, .gone: .max
        case .opening(let until), .waiting(let until): until
        case .open: inFlight.isEmpty && isFlushed ? nextMaintenance : min(nextMaintenance, standstill)
        }
    }

    /// When the connection is found to stand still unless something happens.
    var standstill: Int64 { lastProgress &+ host.limits.silence }
}
