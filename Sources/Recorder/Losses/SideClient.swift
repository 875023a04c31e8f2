import CLinux
import Glibc
import MQTTSession
import MQTTWire
import Synchronization
import Tape
import Threads

/// A second, short-lived client of the broker beside the recording one, on a thread of its own: it takes the retained
/// messages of the past once, then watches the broker's counter of dropped messages.
///
/// Apart from the recording connection, so that neither is ever mistaken for a message of now, the recording session at
/// the broker holds nothing but what the user asked for, and a slow answer delays no message.
final class SideClient: Sendable {
    /// What it was asked to find out and has found out so far.
    struct Findings {
        /// Retained messages that nobody has taken yet.
        var retained: [IncomingMessage] = []
        /// What became of taking them; nil while it goes on.
        var snapshot: Outcome?
        /// What became of watching the counter; nil while that is not known.
        var statistics: Outcome?
        /// Whether the counter is being watched now.
        var isWatching = false
        /// The counter as last read, if it was read since it was taken last.
        var dropped: DropCount?

        fileprivate var isStopping = false
        /// Whether it has ended for good.
        fileprivate(set) var isFinished = false
    }

    /// How something went.
    enum Outcome: Equatable {
        /// It was done, or is being done.
        case works
        /// It cannot be done, and why.
        case impossible(String)
    }

    private let options: ConnectionOptions
    private let filters: [TopicFilter]
    private let watches: Bool
    private let time: any TimeSource
    private let findings = Mutex(Findings())
    private let wake = EventDescriptor()

    /// The counter; published when it has changed (https://mosquitto.org/man/mosquitto-8.html, broker status), and kept
    /// by mosquitto 2 for a minute only: where nothing is being dropped there is none to be had.
    static let counterTopic = "$SYS/broker/publish/messages/dropped"
    /// Published at every look at the counters, whether or not they have changed.
    static let clockTopic = "$SYS/broker/uptime"
    /// Retained messages have all come when none came for this long, ns.
    private static let silence: Int64 = 500_000_000
    /// How long taking them may last, ns.
    private static let snapshotTime: Int64 = 60_000_000_000
    /// A broker that publishes statistics does so within this time, ns.
    private static let firstSign: Int64 = 15_000_000_000
    private static let retryAfter: Int64 = 30_000_000_000
    /// Messages that wait to be taken; beyond that the broker waits.
    private static let waiting = 256

    /// Starts the thread; nil when the system gives no thread or descriptor: then neither is found out.
    ///
    /// - Parameters:
    ///   - options: how to connect; client id and session are set here.
    ///   - filters: of which topics retained messages are wanted; empty for none.
    ///   - watches: whether the counter is to be watched.
    ///   - time: the clocks.
    init?(_ options: ConnectionOptions, snapshotOf filters: [TopicFilter], watches: Bool, time: any TimeSource) {
        self.filters = filters
        self.watches = watches
        self.time = time
        var own = options
        own.clientID = String((options.clientID + "-side").suffix(400))
        own.cleanStart = true
        own.sessionExpiry = 0
        own.receiveMaximum = 100
        self.options = own
        guard wake.descriptor >= 0 else { return nil }
        if filters.isEmpty { findings.withLock { $0.snapshot = .works } }
        do { try DetachedThread.start { [self] in run() } } catch { return nil }
    }

    /// What is new since the last call.
    func take() -> Findings {
        findings.withLock { found in
            defer {
                found.retained = []
                found.dropped = nil
            }
            return found
        }
    }

    /// Ends the thread; it is not waited for, since it may be looking up a name.
    func stop() {
        findings.withLock { $0.isStopping = true }
        wake.signal()
    }

    private var isStopping: Bool { findings.withLock { $0.isStopping } }

    private func run() {
        var hasSnapshot = filters.isEmpty
        while !isStopping {
            do throws(ConnectionError) {
                if !hasSnapshot {
                    hasSnapshot = true
                    let outcome = try takeSnapshot()
                    findings.withLock { $0.snapshot = outcome }
                }
                guard watches else { return }
                try watch()
            } catch {
                let reason = error.description
                findings.withLock { found in
                    found.isWatching = false
                    if found.snapshot == nil { found.snapshot = .impossible(reason) }
                    if found.statistics == nil || !error.isTransient { found.statistics = .impossible(reason) }
                }
                guard error.isTransient else { return findings.withLock { $0.isFinished = true } }
            }
            if findings.withLock({ $0.isFinished }) { return }
            _ = tapedeck_poll(-1, false, false, wake.descriptor, Self.retryAfter)
        }
    }

    private func connect() throws(ConnectionError) -> BrokerConnection? {
        let connection = try BrokerConnection(options)
        try connection.connect()
        let acknowledgement = try connection.awaitAcknowledgement(
            within: Recorder.answerTimeout, wake: wake.descriptor, isStopping: { isStopping })
        return acknowledgement == nil ? nil : connection
    }

    /// Reads events until `body` has enough, time is up, or the end.
    private func follow(
        _ connection: BrokerConnection, until deadline: Int64, _ body: (ConnectionEvent) -> Bool
    ) throws(ConnectionError) {
        var nextUpkeep = time.monotonic + 1_000_000_000
        while time.monotonic < deadline, !isStopping {
            _ = try connection.read(limit: 64, byteLimit: 1 << 20)
            var hasEnough = false
            for event in connection.takeEvents() where !body(event) { hasEnough = true }
            try connection.flush()
            if hasEnough { return }
            if time.monotonic >= nextUpkeep {
                nextUpkeep = time.monotonic + 1_000_000_000
                try connection.maintain()
                try connection.flush()
            }
            _ = connection.wait(
                timeout: min(deadline, nextUpkeep) - time.monotonic, writing: false, wake: wake.descriptor)
        }
    }

    private func takeSnapshot() throws(ConnectionError) -> Outcome {
        guard let connection = try connect() else { return .impossible("the recording ended before") }
        var waiting: Set<Int32> = []
        for filter in filters { waiting.insert(try connection.subscribe(toRetained: filter, qos: .atMostOnce)) }
        var refused = 0
        let deadline = time.monotonic + Self.snapshotTime
        var quiet = deadline
        while !isStopping, time.monotonic < min(quiet, deadline) {
            var read: [IncomingMessage] = []
            try follow(connection, until: min(quiet, deadline)) { event in
                switch event {
                case .subscribed(let packetID, let code):
                    waiting.remove(packetID)
                    if code >= 0x80 { refused += 1 }
                    if waiting.isEmpty { quiet = time.monotonic + Self.silence }
                    return false
                case .message(let message) where message.retain:
                    read.append(message)
                    if waiting.isEmpty { quiet = time.monotonic + Self.silence }
                    return false
                default: return true
                }
            }
            hand(over: read)
        }
        connection.disconnect()
        if refused == filters.count { return .impossible("the broker refused the subscriptions") }
        if !waiting.isEmpty { return .impossible("the broker did not answer the subscriptions") }
        return time.monotonic < deadline ? .works : .impossible("retained messages were still coming after a minute")
    }

    /// Lets the recording thread have messages, and waits until it has room for them.
    private func hand(over messages: [IncomingMessage]) {
        while !isStopping, findings.withLock({ $0.retained.count }) >= Self.waiting {
            _ = tapedeck_poll(-1, false, false, wake.descriptor, 10_000_000)
        }
        findings.withLock { $0.retained += messages }
    }

    private func watch() throws(ConnectionError) {
        guard let counter = try? TopicFilter(Self.counterTopic), let clock = try? TopicFilter(Self.clockTopic),
            let connection = try connect()
        else { return }
        let request = try connection.subscribe(toRetained: counter, qos: .atMostOnce)
        _ = try connection.subscribe(toRetained: clock, qos: .atMostOnce)
        var count: DropCount?
        var refusal: UInt8?
        let note = { (event: ConnectionEvent) -> Bool in
            switch event {
            case .subscribed(let packetID, let code) where packetID == request && code >= 0x80: refusal = code
            case .message(let message):
                count = DropCount(topic: message.topic, payload: message.payload, after: count)
                guard let count else { break }
                self.findings.withLock {
                    $0.dropped = count
                    $0.statistics = .works
                    $0.isWatching = true
                }
            default: break
            }
            return refusal == nil
        }
        try follow(connection, until: time.monotonic + Self.firstSign, note)
        if count == nil, !isStopping {
            let reason =
                refusal.map { "the broker refused $SYS (0x\(String($0, radix: 16)))" }
                ?? "the broker publishes no \(Self.counterTopic)"
            findings.withLock {
                $0.statistics = .impossible(reason)
                $0.isFinished = true
            }
            connection.disconnect()
            return
        }
        while !isStopping { try follow(connection, until: time.monotonic + 3_600_000_000_000, note) }
        connection.disconnect()
    }
}
