import Foundation
import MQTTSession
import MQTTWire
import Recorder
import Tape
import Terminal
import Threads

/// Records what a replay's target publishes, on a thread and a connection of its own, from before the first message is
/// sent until a while after the last one.
final class TargetRecording: @unchecked Sendable {  // What threads share is guarded by `condition`.
    private let condition = NSCondition()
    private var isRecording = false
    private var mustStop = false
    private var outcome: Result<RecordingSummary, any Error>?
    private let wake = EventDescriptor()
    private let path: String

    /// Waits for the subscription, s.
    private static let patience = 15.0

    /// Starts recording; returns once the broker delivers.
    ///
    /// - Parameters:
    ///   - path: the second tape.
    ///   - connection: the target; its client id is the tape's own.
    ///   - source: the tape that is replayed, for the session's tags.
    ///   - isStopping: asked while waiting; true gives up.
    /// - Throws: ``RecorderError``, ``TapeError``, ``TargetRecordingError``.
    init(path: String, connection: ConnectionOptions, source: String, isStopping: () -> Bool) throws {
        self.path = path
        var options = RecordOptions(
            path: path,
            clients: [
                RecordOptions.Client(
                    connection: connection,
                    subscriptions: [.init(filter: try TopicFilter("v1/device/#"), qos: .atLeastOnce)])
            ],
            recorder: "tapedeck \(Tapedeck.version)")
        options.tags = [("replay_of", source)]
        let key = RedactionKey.kept(
            in: RedactionKey.defaultFile(environment: ProcessInfo.processInfo.environment))
        let thread = Thread { [self, options] in record(options, key) }
        thread.name = "record target"
        thread.start()
        try awaitSubscription(isStopping)
    }

    /// Ends the recording after `tail`, in which the target may still answer.
    ///
    /// - Parameters:
    ///   - tail: how long to go on, ns.
    ///   - isStopping: asked often; true ends the wait.
    /// - Returns: what was recorded.
    /// - Throws: whatever ended the recording before.
    func finish(after tail: Int64, isStopping: () -> Bool) throws -> RecordingSummary {
        let end = Date(timeIntervalSinceNow: Double(tail) / 1e9)
        condition.lock()
        defer { condition.unlock() }
        while outcome == nil, !isStopping(), Date() < end {
            _ = condition.wait(until: min(end, Date(timeIntervalSinceNow: 0.1)))
        }
        mustStop = true
        wake.signal()
        while outcome == nil { condition.wait() }
        guard let outcome else { throw TargetRecordingError.silent }
        return try outcome.get()
    }

    private func record(_ options: RecordOptions, _ key: RedactionKey) {
        let result = Result {
            try Recorder(
                options, redactionKey: key, wake: wake.descriptor, isStopping: { self.locked { self.mustStop } },
                report: { event in
                    guard case .recording = event else { return }
                    self.locked { self.isRecording = true }
                }
            ).run()
        }
        locked { outcome = result }
    }

    private func awaitSubscription(_ isStopping: () -> Bool) throws {
        let end = Date(timeIntervalSinceNow: Self.patience)
        condition.lock()
        defer { condition.unlock() }
        while !isRecording, outcome == nil {
            _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
            guard Date() < end, !isStopping() else {
                mustStop = true
                wake.signal()
                throw TargetRecordingError.silent
            }
        }
        if case .failure(let error) = outcome { throw error }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return body()
    }
}

/// Why a target cannot be recorded.
enum TargetRecordingError: Error, CustomStringConvertible {
    /// Nothing came of subscribing in time.
    case silent

    var description: String { "--record: the target did not take the subscription in time; nothing was sent" }
}
