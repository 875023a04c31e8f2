import Glibc
import MQTTSession
import MQTTWire
import SQLite
import Synchronization
import TestSupport
import Threads

@testable import Recorder
@testable import Tape

/// A recorder on a thread of its own, between a scripted broker and a tape, with clocks that a test may move.
final class RecorderBench {
    let time = MovedTime()
    /// The tape that is recorded.
    var tape: String { folder.path("t.tape") }
    /// Where a broker on a Unix socket is to listen.
    var socket: String { folder.path("broker.sock") }
    private let folder: TemporaryFolder
    private let shared = Shared()

    init() throws {
        folder = try TemporaryFolder()
    }

    deinit {
        shared.stop()
    }

    /// Starts recording `v1/#` at QoS 1, without a second client.
    func start(_ url: String, _ change: (inout RecordOptions) throws -> Void = { _ in }) throws {
        let connection = ConnectionOptions(address: try BrokerAddress(url), clientID: "")
        var options = RecordOptions(
            path: tape,
            clients: [
                RecordOptions.Client(connection: connection, clientID: "recorder", subscriptions: try filters("v1/#"))
            ], recorder: "test")
        options.takesSnapshot = false
        options.watchesStatistics = false
        try change(&options)
        shared.begin()
        try DetachedThread.start { [options, time, shared] in shared.record(options, time) }
    }

    /// Starts recording, and waits until everything is subscribed to.
    func record(
        _ broker: ScriptedBroker, sessionPresent: Bool = false,
        _ change: (inout RecordOptions) throws -> Void = { _ in }
    ) throws -> ScriptedBroker.Client {
        try start(broker.url, change)
        let client = try broker.accept(sessionPresent: sessionPresent)
        try client.answerSubscribe(1)
        try wait("the subscription") { $0.contains(where: \.isRecording) }
        return client
    }

    /// Does something on the recording thread, between two turns of it.
    @discardableResult
    func onRecorder<Value: Sendable>(_ body: @escaping @Sendable (Recorder) -> Value) throws -> Value {
        let slot = Slot<Value>()
        shared.add { recorder in slot.value.withLock { $0 = body(recorder) } }
        try shared.wait("the recording thread") { _ in slot.value.withLock { $0 != nil } }
        guard let value = slot.value.withLock({ $0 }) else { throw BenchFailure(description: "no value") }
        return value
    }

    /// Looks again and again, between turns of the recording thread, until something holds.
    func until(_ what: String, _ holds: @escaping @Sendable (Recorder) -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while try !onRecorder(holds) {
            guard ContinuousClock.now < deadline else {
                throw BenchFailure(description: "waited two minutes for \(what)")
            }
        }
    }

    /// Waits for what the recorder reports.
    func wait(_ what: String, until holds: @escaping ([RecorderEvent]) -> Bool) throws {
        try shared.wait(what) { holds($0.events) }
    }

    /// What the recorder has reported.
    var events: [RecorderEvent] { shared.state.withLock { $0.events } }

    /// Tells it to stop; it has not stopped yet.
    func tellToStop() { shared.stop() }

    /// Waits for the end.
    func outcome() throws -> Result<RecordingSummary, RecorderError> {
        try shared.wait("the end") { $0.outcome != nil }
        guard let outcome = shared.state.withLock({ $0.outcome }) else { throw BenchFailure(description: "no outcome") }
        return outcome
    }

    /// Stops the recording and waits for its end.
    @discardableResult
    func stop() throws -> RecordingSummary {
        tellToStop()
        return try outcome().get()
    }

    /// The rows of the ledger.
    func gaps(_ causes: Gap.Cause...) throws -> [Gap] {
        try TapeReader(path: tape).gaps().filter { gap in causes.contains { $0.rawValue == gap.cause } }
    }
}

extension RecorderBench {
    private final class Slot<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    /// What both threads touch.
    private final class Shared: Sendable {
        struct State {
            var events: [RecorderEvent] = []
            var actions: [@Sendable (Recorder) -> Void] = []
            var isStopping = false
            var outcome: Result<RecordingSummary, RecorderError>?
        }

        private final class Holder {
            var recorder: Recorder?
        }

        let state = Mutex(State())
        /// Ends the recorder's waiting.
        private let wake = EventDescriptor()
        /// Ends the test's.
        private let changed = EventDescriptor()

        func begin() { state.withLock { $0 = State() } }

        func record(_ options: RecordOptions, _ time: MovedTime) {
            let holder = Holder()
            var outcome: Result<RecordingSummary, RecorderError>
            do throws(RecorderError) {
                let recorder = try Recorder(
                    options, redactionKey: nil, time: time, wake: wake.descriptor,
                    isStopping: { self.turn(holder.recorder) }, report: { self.note($0) })
                holder.recorder = recorder
                outcome = .success(try recorder.run())
            } catch {
                outcome = .failure(error)
            }
            // The tape is free before anybody hears of the end.
            holder.recorder = nil
            state.withLock { $0.outcome = outcome }
            changed.signal()
        }

        func stop() {
            state.withLock { $0.isStopping = true }
            wake.signal()
        }

        func add(_ action: @escaping @Sendable (Recorder) -> Void) {
            state.withLock { $0.actions.append(action) }
            wake.signal()
        }

        private func turn(_ recorder: Recorder?) -> Bool {
            wake.clear()
            let (actions, isStopping) = state.withLock { state in
                defer { state.actions = [] }
                return (state.actions, state.isStopping)
            }
            guard let recorder, !actions.isEmpty else { return isStopping }
            for action in actions { action(recorder) }
            // What was changed is to be looked at without waiting.
            wake.signal()
            changed.signal()
            return isStopping
        }

        private func note(_ event: RecorderEvent) {
            state.withLock { $0.events.append(event) }
            changed.signal()
        }

        func wait(_ what: String, until holds: (State) -> Bool) throws {
            let deadline = ContinuousClock.now + .seconds(120)
            while true {
                changed.clear()
                let (isThere, outcome) = state.withLock { (holds($0), $0.outcome) }
                if isThere { return }
                if let outcome { throw BenchFailure(description: "\(outcome) while waiting for \(what)") }
                guard ContinuousClock.now < deadline else {
                    throw BenchFailure(description: "waited two minutes for \(what)")
                }
                var descriptor = pollfd(fd: changed.descriptor, events: Int16(POLLIN), revents: 0)
                _ = Glibc.poll(&descriptor, 1, 1_000)
            }
        }
    }
}

/// Why a test with a recorder cannot go on.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String
}

/// Subscriptions at QoS 1.
func filters(_ texts: String...) throws -> [RecordOptions.Subscription] {
    try texts.map { RecordOptions.Subscription(filter: try TopicFilter($0), qos: .atLeastOnce) }
}

extension RecorderEvent {
    var isRecording: Bool { if case .recording = self { true } else { false } }

    /// Why a connection is gone, and when the next is made, ns.
    var disconnection: (reason: String, retryIn: Int64)? {
        if case .disconnected(_, let reason, let retryIn) = self { (reason, retryIn) } else { nil }
    }
}

extension TapeWriter {
    /// Makes the tape full at so many pages (https://www.sqlite.org/pragma.html#pragma_max_page_count).
    func limitPages(to pages: Int) {
        _ = try? tape.database.integer("PRAGMA max_page_count = \(pages)")
    }
}
