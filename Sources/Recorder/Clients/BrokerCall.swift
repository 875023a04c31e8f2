import MQTTSession
import Synchronization
import Threads

/// Calls a broker on a thread of its own: looking up a name, connecting and TLS may take long, and nothing that is
/// being recorded is to wait for it.
final class BrokerCall: Sendable {
    /// What came of it.
    typealias Outcome = Result<(BrokerConnection, ConnectionAcknowledgement), ConnectionError>

    private struct State: @unchecked Sendable {  // The thread lets go of the connection before it puts it here.
        var outcome: Outcome?
        var isGivenUp = false
    }

    private let options: ConnectionOptions
    private let patience: Int64
    private let state = Mutex(State())
    /// Signalled when it is given up.
    private let wake = EventDescriptor()
    private let answered: EventDescriptor

    /// Starts calling.
    ///
    /// - Parameters:
    ///   - options: whom, and how.
    ///   - patience: how long the broker may take for its answer once it is connected, ns.
    ///   - answered: signalled when there is an outcome.
    init(_ options: ConnectionOptions, patience: Int64, answered: EventDescriptor) {
        self.options = options
        self.patience = patience
        self.answered = answered
        do {
            try DetachedThread.start { [self] in run() }
        } catch {
            let reason = "there is no thread to be had: \(error)"
            finish(.failure(.unreachable(broker: options.address.description, reason: reason)))
        }
    }

    /// Takes what came of it, once it is known.
    func takeOutcome() -> Outcome? {
        state.withLock { state in
            defer { state.outcome = nil }
            return state.outcome
        }
    }

    /// Says that nobody wants the connection any more; the thread is not waited for, since it may be looking up a name.
    func giveUp() {
        state.withLock { $0.isGivenUp = true }
        wake.signal()
        if case .success((let connection, _))? = takeOutcome() { connection.disconnect() }
    }

    private var isGivenUp: Bool { state.withLock { $0.isGivenUp } }

    private func run() {
        do {
            let connection = try BrokerConnection(options)
            try connection.connect()
            let acknowledgement = try connection.awaitAcknowledgement(
                within: patience, wake: wake.descriptor, isStopping: { isGivenUp })
            guard let acknowledgement else { return connection.disconnect() }
            finish(.success((connection, acknowledgement)))
        } catch {
            finish(.failure(error))
        }
    }

    private func finish(_ outcome: Outcome) {
        let isUnwanted = state.withLock { state in
            if !state.isGivenUp { state.outcome = outcome }
            return state.isGivenUp
        }
        if isUnwanted, case .success((let connection, _)) = outcome { connection.disconnect() }
        answered.signal()
    }
}
