import DeviceProtocol
import MQTTSession
import MQTTWire
import Tape

/// The clients of a recording: their ids at the brokers, and their sessions on the tape.
extension Recorder {
    /// Makes the clients that were asked for.
    static func clients(_ options: RecordOptions, tape: String, at now: Int64, wall: Int64) -> [RecordingClient] {
        options.clients.enumerated().map { number, client in
            RecordingClient(
                client,
                clientID: client.clientID ?? "tapedeck-\(tape.prefix(16))" + (client.label.map { "-\($0)" } ?? ""),
                receiveMaximum: options.receiveMaximum, at: now, wall: wall,
                seed: UInt64(bitPattern: now &+ Int64(number) &* 0x9E37_79B9))
        }
    }

    /// Learns what an earlier recording of the clients left on the tape, before anybody has to wait for it.
    func learnEarlier() throws(TapeError) {
        let sessions = try writer.sessions()
        let deliveries = try writer.recentDeliveries(
            limit: Int(options.receiveMaximum), of: clients.map(\.clientID))
        for client in clients {
            let own = sessions.filter { $0.clientID == client.clientID }
            client.earlierFilters = own.last { $0.broker == client.broker }?.filters
            client.earlierEnd = own.last?.aliveAt
            client.earlierDeliveries = deliveries[client.clientID] ?? ([], true)
        }
    }

    /// Begins a client's session on the tape.
    func begin(_ client: RecordingClient) throws(RecorderError) {
        begun += 1
        let filters = client.earlierFilters ?? "[]"
        client.subscribed = SubscriptionRecord.granted(in: filters, asAskedFor: client.options.subscriptions)
        client.held = SubscriptionRecord.granted(in: filters)
        var session = Session(
            source: "record", broker: client.broker, clientID: client.clientID, options: sessionOptions(client),
            tags: tags(), recorder: options.recorder, startedAt: Timestamp(nanoseconds: time.wall))
        session.filters = filters
        // With several clients a pause is that of the client, once one of them has recorded onto the tape before.
        let isKnown = clients.count > 1 && clients.contains { $0.earlierFilters != nil }
        let place = try onTape { () throws(TapeError) in
            try writer.begin(
                session, clock: clock.current, beside: hasBegun, pauseOfItsClient: hasBegun || isKnown)
        }
        client.place = place
        if let pause = writer.pause(before: place) { statistics.measures.ledger[pause.cause, default: 0] += 1 }
        guard sealer == nil else { return }
        try resumeTriggers()
        var retention = options.retention
        retention.keepsFrom = triggers?.keepsFrom
        sealer = try onTape { () throws(TapeError) in
            try BackgroundSealer(path: options.path, retention: retention, time: time)
        }
    }

    /// Begins the session of a client that has not got through.
    func beginWaiting(_ client: RecordingClient) throws(RecorderError) {
        try begin(client)
        let gap = try addGap(
            client, .disconnected, from: client.lastHeard, detail: client.firstWait ?? "", stays: true)
        client.openGap = (gap, client.lastHeard, false)
    }

    /// Writes down what is known of the time since the client's last session, now that the broker has spoken.
    func notePause(
        _ client: RecordingClient, _ acknowledgement: ConnectionAcknowledgement
    ) throws(RecorderError) {
        guard let place = client.place else { return }
        guard var pause = writer.pause(before: place) else {
            if let wait = client.firstWait, client.openGap == nil {
                try addGap(client, .disconnected, from: client.lastHeard, detail: wait)
            }
            return
        }
        let details = [pauseDetail(client, acknowledgement), client.firstWait, pause.detail]
        pause.detail = details.compactMap(\.self).joined(separator: "; ")
        let id = pause.id
        try onTape { () throws(TapeError) in try writer.updateGap(pause, id: id) }
    }

    private func pauseDetail(_ client: RecordingClient, _ acknowledgement: ConnectionAcknowledgement) -> String {
        guard acknowledgement.sessionPresent else { return "the broker had no session of ours" }
        let queued = Set(SubscriptionRecord.granted(in: client.earlierFilters ?? "[]"))
        let added = client.options.subscriptions.map(\.filter.text).filter { !queued.contains($0) }
        let kept = "the broker kept our session and queued for it, up to its limits"
        return added.isEmpty ? kept : kept + ", but not for \(added.joined(separator: ", "))"
    }
}
