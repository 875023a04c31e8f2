import DeviceProtocol
import MQTTSession
import Tape

/// The retained messages of the past: kept in a session of their own, so that nobody takes them for messages of now.
extension Recorder {
    /// How often what it has is taken, ns.
    static let snapshotInterval: Int64 = 10_000_000

    /// Begins the second client of a broker, once the recording one is connected.
    func startSideClient(_ client: RecordingClient) {
        guard client.side == nil, options.takesSnapshot || client.watchesStatistics else { return }
        var connection = client.options.connection
        connection.clientID = client.clientID
        client.side = SideClient(
            connection, snapshotOf: options.takesSnapshot ? client.options.subscriptions.map(\.filter) : [],
            watches: client.watchesStatistics, time: time)
        client.isTakingSnapshot = client.side != nil && options.takesSnapshot
    }

    /// Takes what the second client has, while it takes the snapshot.
    func followSnapshot(_ client: RecordingClient) throws(RecorderError) {
        guard client.isTakingSnapshot, let found = client.side?.take() else { return }
        if let count = found.dropped { client.losses.count(count.value, at: time.monotonic) }
        try store(client, found.retained, outcome: found.snapshot)
    }

    func store(
        _ client: RecordingClient, _ messages: [IncomingMessage], outcome: SideClient.Outcome?
    ) throws(RecorderError) {
        if !messages.isEmpty {
            // What waits for the next commit comes before them on the tape.
            try commitOnly()
            let stored = messages.map { recorded($0, at: clock.stamp(), by: client) }
            let own = writer.session(at: client.place)
            var session =
                client.snapshot
                ?? Session(
                    source: Session.snapshotSource, broker: own.broker, clientID: nil, filters: own.filters,
                    options: "{\"session\":\(own.id)}", recorder: options.recorder,
                    startedAt: Timestamp(nanoseconds: time.wall))
            try onTape { () throws(TapeError) in try writer.append(snapshot: stored, of: &session) }
            client.snapshot = session
        }
        guard client.isTakingSnapshot, let outcome else { return }
        client.isTakingSnapshot = false
        var reason: String?
        if case .impossible(let words) = outcome { reason = words }
        client.snapshotFailure = reason
        try storeOptions(client)
        report(
            .retainedSnapshot(
                clientID: client.clientID, messages: client.snapshot?.messages ?? 0, failure: reason))
    }
}
