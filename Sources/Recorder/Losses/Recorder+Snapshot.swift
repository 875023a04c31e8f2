import DeviceProtocol
import MQTTSession
import Tape

/// The retained messages of the past: kept in a session of their own, so that nobody takes them for messages of now.
extension Recorder {
    /// How often what it has is taken, ns.
    static let snapshotInterval: Int64 = 10_000_000

    /// Begins the second client beside a recording one where there is something for it to do.
    func startSideClient(_ client: RecordingClient) {
        guard client.side == nil else { return }
        let takesSnapshot = options.takesSnapshot && !client.hasAskedForSnapshot
        // A counter counts for all clients of its broker.
        client.watchesStatistics =
            options.watchesStatistics && client.statisticsOutcome == nil
            && !clients.contains { $0.broker == client.broker && $0.watchesStatistics }
        guard takesSnapshot || client.watchesStatistics else { return }
        client.hasAskedForSnapshot = true
        var connection = client.options.connection
        connection.clientID = client.clientID
        client.side = SideClient(
            connection, snapshotOf: takesSnapshot ? client.options.subscriptions.map(\.filter) : [],
            watches: client.watchesStatistics, time: time)
        client.isTakingSnapshot = client.side != nil && takesSnapshot
        guard client.side == nil else { return }
        client.watchesStatistics = false
        if takesSnapshot { client.snapshotFailure = "the system has no thread or descriptor for it" }
    }

    /// Takes what the second client has, while it takes the snapshot.
    func followSnapshot(_ client: RecordingClient) throws(RecorderError) {
        guard client.isTakingSnapshot, let found = client.side?.take() else { return }
        if client.watchesStatistics { share(found, of: client) }
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
        if !client.watchesStatistics { client.side = nil }
        try storeOptions(client)
        report(
            .retainedSnapshot(
                clientID: client.clientID, messages: client.snapshot?.messages ?? 0, failure: reason))
    }
}
