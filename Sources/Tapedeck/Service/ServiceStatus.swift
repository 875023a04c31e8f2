import Recorder
import Service
import Terminal

/// What the service manager is told while a recording goes on.
///
/// Up (`READY=1`) means: recording, or, where a broker that is down is waited for, waiting for it; a machine that boots
/// while its broker is down must not hang or restart the recorder for ever. Signs of life come from the recording thread
/// itself, which calls no broker and waits for nothing, so that a thread that hangs is noticed.
struct ServiceStatus {
    /// Whether a broker that is down is waited for.
    let waitsForBroker: Bool
    /// How far apart signs of life may be, ns; nil where nobody wants any.
    let watchdogInterval: Int64?

    private var isReady = false
    /// The brokers of the clients that record, by their ids.
    private var recording: [String: String] = [:]
    /// Why others do not.
    private var problems: [String: String] = [:]
    private var nextStatus: Int64 = 0
    private var finishing: (sealed: Int64, movedAt: Int64)?

    /// How often the status line is renewed with nothing but new numbers, ns.
    private static let statusInterval: Int64 = 10_000_000_000
    /// Sealing that has got nowhere for so long gets no more time, ns.
    private static let patience: Int64 = 300_000_000_000

    init(waitsForBroker: Bool, watchdogInterval: Int64?) {
        self.waitsForBroker = waitsForBroker
        self.watchdogInterval = watchdogInterval
    }

    /// What an event is worth telling; `now` is monotonic, ns.
    mutating func assignments(for event: RecorderEvent, now: Int64) -> [ServiceManager.Assignment] {
        var told: [ServiceManager.Assignment] = []
        switch event {
        case .recording(let broker, let clientID, _):
            recording[clientID] = broker
            problems[clientID] = nil
            nextStatus = 0
            if !isReady { told.append(.ready) }
            isReady = true
            told.append(.status(problems.values.min().map { "waiting for the broker: \($0)" } ?? connection))
        case .disconnected(let clientID, let reason, _):
            problems[clientID] = reason
            if !isReady, waitsForBroker {
                told.append(.ready)
                isReady = true
            }
            told.append(.status("waiting for the broker: \(reason)"))
        case .waiting(let reason):
            told.append(.status(reason))
            // The next numbers come when it is over.
            nextStatus = 0
        case .progress(let statistics):
            guard now >= nextStatus, problems.isEmpty, !recording.isEmpty, statistics.holding == nil else { break }
            nextStatus = now + Self.statusInterval
            told.append(.status(text(statistics)))
        case .finishing(let sealed):
            if finishing == nil { told += [.stopping, .status("committing and sealing")] }
            if finishing.map({ $0.sealed != sealed }) ?? true { finishing = (sealed, now) }
            if let finishing, now - finishing.movedAt < Self.patience { told.append(.extendTimeout(60_000_000_000)) }
        // For the journal and the ledger, not for the status.
        default: break
        }
        if watchdogInterval != nil { told.append(.watchdog) }
        return told
    }

    /// Says that a message did not get through, so that what must not be lost is told again.
    mutating func wasLost(_ assignments: [ServiceManager.Assignment]) {
        if assignments.contains(.ready) { isReady = false }
    }

    /// Tells again what was lost.
    mutating func repetition() -> [ServiceManager.Assignment] {
        guard !isReady, !recording.isEmpty || waitsForBroker && !problems.isEmpty else { return [] }
        isReady = true
        return [.ready]
    }

    private var connection: String {
        guard recording.count < 2, let only = recording.first else {
            return "recording with \(recording.count) clients"
        }
        return "recording \(only.value) as \(only.key)"
    }

    private func text(_ statistics: RecordingStatistics) -> String {
        var text = "\(connection): \(HumanFormat.count(statistics.messages, "message"))"
        if statistics.gaps > 0 { text += ", \(HumanFormat.count(statistics.gaps, "row")) in the loss ledger" }
        return text
    }
}
