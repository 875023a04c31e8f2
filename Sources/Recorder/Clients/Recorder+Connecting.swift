import DeviceProtocol
import MQTTSession
import MQTTWire
import Tape

/// Calling a client's broker, bringing its session there and the ledger in order, and waiting when it is gone.
extension Recorder {
    /// Calls a client's broker.
    func call(_ client: RecordingClient) {
        client.phase = .calling(
            BrokerCall(connectionOptions(client), patience: Self.answerTimeout, answered: answered))
    }

    private func connectionOptions(_ client: RecordingClient) -> ConnectionOptions {
        var connection = client.options.connection
        connection.clientID = client.clientID
        connection.cleanStart = false
        connection.sessionExpiry = options.sessionExpiry
        connection.receiveMaximum = options.receiveMaximum
        return connection
    }

    /// A client's broker has answered: begins or goes on with its session on the tape.
    func answer(
        _ client: RecordingClient, _ connection: BrokerConnection, _ acknowledgement: ConnectionAcknowledgement
    ) throws(RecorderError) {
        client.connection = connection
        if client.place == nil { try begin(client) }
        if client.hasConnected { statistics.reconnects += 1 } else { try notePause(client, acknowledgement) }
        if let peer = connection.peer, !writer.session(at: client.place).brokerAddresses.contains(peer) {
            try onTape { () throws(TapeError) in
                try writer.updateSession(at: client.place) { $0.brokerAddresses.append(peer) }
            }
        }
        try settle(client, connection, acknowledgement)
    }

    /// Brings a client's session at the broker and the ledger in order after a CONNACK.
    private func settle(
        _ client: RecordingClient, _ connection: BrokerConnection, _ acknowledgement: ConnectionAcknowledgement
    ) throws(RecorderError) {
        client.packetsHeard = 0
        client.losses.connected(sessionPresent: acknowledgement.sessionPresent, at: time.monotonic)
        if acknowledgement.sessionPresent {
            if !client.isWindowLoaded { loadWindow(client) }
        } else {
            client.window.removeAll()
            client.subscribed = false
            client.held = []
            try onTape { () throws(TapeError) in try writer.beginBrokerSession(at: client.place) }
            if client.hasConnected, let gap = client.openGap, !gap.sessionIsLost {
                client.openGap?.sessionIsLost = true
                client.sessionLost = true
                try addGap(
                    client, .sessionLost, from: gap.beganAt, detail: "what the broker had queued for us is gone")
            }
        }
        client.isWindowLoaded = true
        client.hasConnected = true
        if client.subscribed {
            try established(client, sessionPresent: acknowledgement.sessionPresent)
        } else {
            try subscribe(client, connection, sessionPresent: acknowledgement.sessionPresent)
        }
    }

    private func loadWindow(_ client: RecordingClient) {
        let (deliveries, areAll) = client.earlierDeliveries
        client.earlierDeliveries = ([], true)
        client.window.begin(with: deliveries, areAll: areAll)
        guard let end = client.earlierEnd else { return }
        client.losses.resume(packetIDs: deliveries.map(\.packetID), end: end.nanoseconds &- clock.current.offset)
    }

    // MARK: Subscribing

    /// Subscribes to every filter; messages that come before all answers are recorded.
    private func subscribe(
        _ client: RecordingClient, _ connection: BrokerConnection, sessionPresent: Bool
    ) throws(RecorderError) {
        let wanted = client.options.subscriptions.map(\.filter.text.utf8)
        for old in client.held where !wanted.contains(where: { $0.elementsEqual(old.utf8) }) {
            guard let filter = try? TopicFilter(old) else { continue }
            try onConnection { () throws(ConnectionError) in try connection.unsubscribe(filter) }
        }
        var waiting: [Int32: RecordOptions.Subscription] = [:]
        for subscription in client.options.subscriptions {
            let packetID = try onConnection { () throws(ConnectionError) in
                try connection.subscribe(subscription.filter, qos: subscription.qos)
            }
            waiting[packetID] = subscription
        }
        client.phase = .subscribing(
            .init(
                waiting: waiting, deadline: time.monotonic + Self.answerTimeout, isInOldSession: sessionPresent,
                sessionPresent: sessionPresent))
    }

    /// Takes the broker's answer to a subscription.
    func note(_ client: RecordingClient, answerTo packetID: Int32, _ code: UInt8) {
        guard case .subscribing(var state) = client.phase,
            let subscription = state.waiting.removeValue(forKey: packetID)
        else { return }
        state.records.append(
            SubscriptionRecord(
                filter: subscription.filter.text, qos: subscription.qos, reasonCode: code,
                isUncertain: state.isInOldSession))
        client.phase = .subscribing(state)
    }

    /// Looks whether the broker has answered everything.
    func followSubscribing(_ client: RecordingClient, _ now: Int64) throws(RecorderError) {
        guard case .subscribing(let state) = client.phase else { return }
        guard state.waiting.isEmpty else {
            if now >= state.deadline { throw noAnswer(client.broker, to: "SUBSCRIBE") }
            return
        }
        try note(client, state.records)
        try established(client, sessionPresent: state.sessionPresent)
    }

    /// Stores what was granted, and what was not in the ledger, once as long as it lasts.
    private func note(_ client: RecordingClient, _ records: [SubscriptionRecord]) throws(RecorderError) {
        try onTape { () throws(TapeError) in
            try writer.updateSession(at: client.place) { $0.filters = SubscriptionRecord.json(records) }
        }
        client.held = records.filter { !$0.isRefused }.map(\.filter)
        client.refused = records.filter(\.isRefused).map(\.filter)
        client.subscribed = client.refused.isEmpty && !records.contains(where: \.isUncertain)
        for record in records {
            let cause: Gap.Cause? = record.isRefused ? .refused : record.isDowngraded ? .downgraded : nil
            let filter = Array(record.filter.utf8)
            if let open = client.shortfalls[filter] {
                if open.cause == cause { continue }
                client.shortfalls[filter] = nil
                try onTape { () throws(TapeError) in
                    try writer.closeGap(open.id, at: Timestamp(nanoseconds: time.wall))
                }
            }
            guard let cause else { continue }
            report(.subscription(clientID: client.clientID, filter: record.filter, reasonCode: record.reasonCode))
            let detail = "\(record.filter): reason code 0x\(String(record.reasonCode, radix: 16))"
            let id = try addGap(client, cause, from: Timestamp(nanoseconds: time.wall), detail: detail, stays: true)
            client.shortfalls[filter] = (id, cause)
        }
        let isBorne =
            options.bestEffort && (client.refused.count < records.count || clients.count > 1)
            // What goes wrong with one later must not end the others.
            || clients.count > 1 && client.hasRecorded
        guard client.refused.isEmpty || isBorne else {
            try finish(reason: "refused")
            throw .refused(filters: refused)
        }
    }

    /// Everything that a client is to record comes in from now on.
    private func established(_ client: RecordingClient, sessionPresent: Bool) throws(RecorderError) {
        client.phase = .recording
        client.hasRecorded = true
        heard(client)
        client.connectedAt = time.monotonic
        if let gap = client.openGap {
            try onTape { () throws(TapeError) in try writer.closeGap(gap.id, at: Timestamp(nanoseconds: time.wall)) }
            client.openGap = nil
        }
        startSideClient(client)
        count()
        report(.recording(broker: client.broker, clientID: client.clientID, sessionPresent: sessionPresent))
        report(.progress(statistics))
    }

    // MARK: Without a connection

    /// Notes since when messages may be missing, and waits before the next attempt.
    func connectionLost(_ client: RecordingClient, _ error: ConnectionError) throws(RecorderError) {
        let isFirst = !client.hasConnected
        let wasRecording = client.isRecording
        if wasRecording { client.losses.lost(at: time.monotonic) }
        client.dropConnection()
        try commit()
        let now = time.monotonic
        client.phase = .away(until: now)
        if isFirst {
            try bear(client, error)
        } else if client.openGap == nil {
            // What the broker had sent at QoS 0 and what was under way is gone with the connection.
            let from = Timestamp(nanoseconds: client.lastHeard.nanoseconds &- Self.underWay)
            let gap = try addGap(client, .disconnected, from: from, detail: error.description, stays: true)
            client.openGap = (gap, from, false)
        }
        // A connection that did not last is no success: somebody may be fighting us for the client id.
        if wasRecording, now - client.connectedAt > Self.stableConnection { client.backoff.reset() }
        var wait = client.returnsAtOnce ? 0 : client.backoff.next()
        client.returnsAtOnce = false
        if case .disconnected(_, 0x8e, _) = error {
            // Session taken over (MQTT 5.0 §3.14.2.1): coming back at once would throw the other one out in turn.
            wait = max(wait, Self.takeoverPause)
        }
        client.phase = .away(until: now + wait)
        count()
        report(.disconnected(clientID: client.clientID, reason: error.description, retryIn: wait))
        report(.progress(statistics))
    }

    /// A client did not get through the first time: ends the recording, or lets it wait.
    ///
    /// The time stands in its ledger, once there is something on the tape.
    private func bear(_ client: RecordingClient, _ error: ConnectionError) throws(RecorderError) {
        let isBorne =
            options.waitsForBroker && error.isTransient
            // What goes wrong with one later must not end the others.
            || clients.count > 1 && (options.bestEffort || client.firstWait != nil)
        // Before the end, so that the ledger says what came of the client and not that nothing did.
        client.firstFailure = error
        client.firstWait = "the recorder waited since \(client.lastHeard.rfc3339) for the broker: \(error)"
        guard isBorne else {
            if hasBegun { try finish(reason: "unreachable") } else { writer.discardIfUnused() }
            throw .connection(error)
        }
    }

    func onConnection<Value>(_ body: () throws(ConnectionError) -> Value) throws(RecorderError) -> Value {
        do { return try body() } catch { throw .connection(error) }
    }
}
