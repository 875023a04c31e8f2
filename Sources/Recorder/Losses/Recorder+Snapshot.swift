import DeviceProtocol
import MQTTSession
import Tape

/// The retained messages of the past: kept in a session of their own, so that nobody takes them for messages of now.
extension Recorder {
    /// How often what it has is taken, ns.
    static let snapshotInterval: Int64 = 10_000_000

    /// Begins the second client, once the recording one is connected.
    func startSideClient() {
        guard side == nil, options.takesSnapshot || options.watchesStatistics else { return }
        var connection = options.connection
        connection.clientID = clientID
        side = SideClient(
            connection, snapshotOf: options.takesSnapshot ? options.subscriptions.map(\.filter) : [],
            watches: options.watchesStatistics, time: time)
        isTakingSnapshot = side != nil && options.takesSnapshot
    }

    /// Takes what the second client has, while it takes the snapshot.
    func followSnapshot() throws(RecorderError) {
        guard isTakingSnapshot, let found = side?.take() else { return }
        if let value = found.dropped { losses.count(value, at: time.monotonic) }
        try store(found.retained, outcome: found.snapshot)
    }

    func store(_ messages: [IncomingMessage], outcome: SideClient.Outcome?) throws(RecorderError) {
        if !messages.isEmpty {
            // What waits for the next commit comes before them on the tape.
            try commitOnly()
            let stored = messages.map { recorded($0, at: clock.stamp()) }
            var session =
                snapshot
                ?? Session(
                    source: Session.snapshotSource, broker: writer.session.broker, clientID: nil,
                    filters: writer.session.filters, options: "{\"session\":\(writer.session.id)}",
                    recorder: options.recorder, startedAt: Timestamp(nanoseconds: time.wall))
            try onTape { () throws(TapeError) in try writer.append(snapshot: stored, of: &session) }
            snapshot = session
        }
        guard isTakingSnapshot, let outcome else { return }
        isTakingSnapshot = false
        var reason: String?
        if case .impossible(let words) = outcome { reason = words }
        snapshotFailure = reason
        try storeOptions()
        report(.retainedSnapshot(messages: snapshot?.messages ?? 0, failure: reason))
    }
}
