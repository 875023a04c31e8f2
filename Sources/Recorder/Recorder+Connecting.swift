import CLinux
import DeviceProtocol
import MQTTSession
import MQTTWire
import Tape

/// Finding the broker, bringing our session there and the ledger in order, and waiting when it is gone.
extension Recorder {
    /// Connects and begins the session on the tape.
    func connectFirst() throws(RecorderError) -> (BrokerConnection, ConnectionAcknowledgement) {
        let broker = options.connection.address.description
        let previous = try onTape { () throws(TapeError) in
            try writer.lastSession(clientID: clientID, broker: broker)
        }
        let (connection, acknowledgement) = try open()
        var session = Session(
            source: "record", broker: broker, clientID: clientID, options: sessionOptions(), tags: tags(),
            recorder: options.recorder, startedAt: Timestamp(nanoseconds: time.wall))
        session.filters = previous?.filters ?? "[]"
        try onTape { () throws(TapeError) in
            try writer.begin(
                session, clock: clock.current,
                pauseDetail: pauseDetail(acknowledgement, previous) + (firstWait.map { "; \($0)" } ?? ""))
        }
        try onTape { () throws(TapeError) in
            try writer.updateSession { $0.brokerAddresses = connection.peer.map { [$0] } ?? [] }
        }
        subscribed = SubscriptionRecord.granted(in: session.filters, asAskedFor: options.subscriptions)
        held = SubscriptionRecord.granted(in: session.filters)
        return (connection, acknowledgement)
    }

    /// What is known of the time since the last session.
    func pauseDetail(_ acknowledgement: ConnectionAcknowledgement, _ previous: Session?) -> String {
        guard acknowledgement.sessionPresent else { return "the broker had no session of ours" }
        let queued = Set(SubscriptionRecord.granted(in: previous?.filters ?? "[]"))
        let added = options.subscriptions.map(\.filter.text).filter { !queued.contains($0) }
        let kept = "the broker kept our session and queued for it, up to its limits"
        return added.isEmpty ? kept : kept + ", but not for \(added.joined(separator: ", "))"
    }

    func reconnect() throws(RecorderError) -> BrokerConnection? {
        let (connection, acknowledgement) = try open()
        statistics.reconnects += 1
        if let peer = connection.peer, !writer.session.brokerAddresses.contains(peer) {
            try onTape { () throws(TapeError) in try writer.updateSession { $0.brokerAddresses.append(peer) } }
        }
        try settle(connection, acknowledgement)
        return connection
    }

    /// Connects and waits for the broker's word.
    func open() throws(RecorderError) -> (BrokerConnection, ConnectionAcknowledgement) {
        var connectionOptions = options.connection
        connectionOptions.clientID = clientID
        connectionOptions.cleanStart = false
        connectionOptions.sessionExpiry = options.sessionExpiry
        connectionOptions.receiveMaximum = options.receiveMaximum
        report(.connecting)
        do {
            let connection = try BrokerConnection(connectionOptions)
            try connection.connect()
            let acknowledgement = try connection.awaitAcknowledgement(
                within: Self.answerTimeout, wake: wake, isStopping: { endReason != nil })
            if let acknowledgement { return (connection, acknowledgement) }
        } catch {
            throw .connection(error)
        }
        throw noAnswer(to: "CONNECT")
    }

    /// Brings our session at the broker and the ledger in order after a CONNACK.
    func settle(
        _ connection: BrokerConnection, _ acknowledgement: ConnectionAcknowledgement
    ) throws(RecorderError) {
        packetsHeard = 0
        live = connection
        losses.connected(sessionPresent: acknowledgement.sessionPresent, at: time.monotonic)
        if acknowledgement.sessionPresent {
            if !isWindowLoaded { try loadWindow() }
        } else {
            window.removeAll()
            subscribed = false
            held = []
            try onTape { () throws(TapeError) in try writer.beginBrokerSession() }
            if let gap = openGap, !gap.sessionIsLost {
                openGap?.sessionIsLost = true
                sessionLost = true
                try addGap(.sessionLost, from: gap.beganAt, detail: "what the broker had queued for us is gone")
            }
        }
        isWindowLoaded = true
        if !subscribed {
            let wanted = options.subscriptions.map(\.filter.text)
            for old in held where !wanted.contains(old) {
                guard let filter = try? TopicFilter(old) else { continue }
                try onConnection { () throws(ConnectionError) in try connection.unsubscribe(filter) }
            }
            try subscribe(connection, inOldSession: acknowledgement.sessionPresent)
        }
        heard()
        connectedAt = time.monotonic
        statistics.isConnected = true
        if let gap = openGap {
            try onTape { () throws(TapeError) in try writer.closeGap(gap.id, at: Timestamp(nanoseconds: time.wall)) }
            openGap = nil
        }
        startSideClient()
        report(
            .recording(
                broker: options.connection.address.description, clientID: clientID,
                sessionPresent: acknowledgement.sessionPresent))
    }

    func loadWindow() throws(RecorderError) {
        let deliveries = try onTape { () throws(TapeError) in
            try writer.recentDeliveries(limit: Int(options.receiveMaximum))
        }
        for delivery in deliveries {
            window.insert(packetID: delivery.packetID, sequence: delivery.sequence, content: delivery.content)
        }
        guard let last = try onTape({ () throws(TapeError) in try writer.lastEnd(clientID: clientID) }) else { return }
        losses.resume(packetIDs: deliveries.map(\.packetID), end: last.nanoseconds &- clock.current.offset)
    }

    /// Subscribes to every filter and waits for all answers; messages that come in between are recorded.
    ///
    /// `inOldSession` says that the broker's session is older than these requests: a broker that crashes may come back
    /// with the session as it was before them, so that the next connection must not rely on them.
    func subscribe(_ connection: BrokerConnection, inOldSession: Bool) throws(RecorderError) {
        var waiting: [Int32: RecordOptions.Subscription] = [:]
        var records: [SubscriptionRecord] = []
        for subscription in options.subscriptions {
            let packetID = try onConnection { () throws(ConnectionError) in
                try connection.subscribe(subscription.filter, qos: subscription.qos)
            }
            waiting[packetID] = subscription
        }
        let deadline = time.monotonic + Self.answerTimeout
        while !waiting.isEmpty, endReason == nil {
            guard time.monotonic < deadline else {
                throw noAnswer(to: "SUBSCRIBE")
            }
            var failure: ConnectionError?
            do { _ = try connection.read(limit: 64) } catch { failure = error }
            for event in connection.takeEvents() {
                if case .subscribed(let packetID, let code) = event,
                    let subscription = waiting.removeValue(forKey: packetID)
                {
                    records.append(
                        SubscriptionRecord(
                            filter: subscription.filter.text, qos: subscription.qos, reasonCode: code,
                            isUncertain: inOldSession))
                } else {
                    record(event)
                }
            }
            if let failure, !waiting.isEmpty {
                try commitOnly()
                throw .connection(failure)
            }
            if writer.pendingCount > 0 { try commit(connection) }
            if !waiting.isEmpty { _ = connection.wait(timeout: 200_000_000, writing: false, wake: wake) }
        }
        guard waiting.isEmpty else { return }
        try note(records)
    }

    /// Stores what was granted, and what was not in the ledger, once as long as it lasts.
    func note(_ records: [SubscriptionRecord]) throws(RecorderError) {
        try onTape { () throws(TapeError) in
            try writer.updateSession { $0.filters = SubscriptionRecord.json(records) }
        }
        held = records.filter { !$0.isRefused }.map(\.filter)
        refused = records.filter(\.isRefused).map(\.filter)
        subscribed = refused.isEmpty && !records.contains(where: \.isUncertain)
        for record in records {
            let cause: Gap.Cause? = record.isRefused ? .refused : record.isDowngraded ? .downgraded : nil
            if let open = shortfalls[record.filter] {
                if open.cause == cause { continue }
                shortfalls[record.filter] = nil
                try onTape { () throws(TapeError) in try writer.closeGap(open.id, at: Timestamp(nanoseconds: time.wall))
                }
            }
            guard let cause else { continue }
            report(.subscription(filter: record.filter, reasonCode: record.reasonCode))
            let detail = "\(record.filter): reason code 0x\(String(record.reasonCode, radix: 16))"
            let id = try addGap(cause, from: Timestamp(nanoseconds: time.wall), detail: detail, stays: true)
            shortfalls[record.filter] = (id, cause)
        }
        guard refused.isEmpty || (options.bestEffort && refused.count < records.count) else {
            try onTape { () throws(TapeError) in
                try writer.end(at: Timestamp(nanoseconds: time.wall), reason: "refused")
            }
            throw .refused(filters: refused)
        }
    }

    /// Notes since when messages may be missing, and waits before the next attempt.
    func connectionLost(_ error: ConnectionError) throws(RecorderError) {
        try commitOnly()
        let now = time.monotonic
        if openGap == nil {
            // What the broker had sent at QoS 0 and what was under way is gone with the connection.
            let from = Timestamp(nanoseconds: lastHeard.nanoseconds &- Self.underWay)
            let gap = try addGap(.disconnected, from: from, detail: error.description, stays: true)
            openGap = (gap, from, false)
        }
        // A connection that did not last is no success: somebody may be fighting us for the client id.
        if statistics.isConnected, now - connectedAt > Self.stableConnection { backoff.reset() }
        statistics.isConnected = false
        var wait = returnsAtOnce ? 0 : backoff.next()
        returnsAtOnce = false
        if case .disconnected(_, 0x8e, _) = error {
            // Session taken over (MQTT 5.0 §3.14.2.1): coming back at once would throw the other one out in turn.
            wait = max(wait, Self.takeoverPause)
        }
        report(.disconnected(reason: error.description, retryIn: wait))
        let deadline = now + wait
        while time.monotonic < deadline, endReason == nil {
            let bits = tapedeck_poll(-1, false, false, wake, min(deadline, nextUpkeep) - time.monotonic)
            if Int(bits) & TAPEDECK_WOKEN != 0, isStopping() { return }
            if time.monotonic >= nextUpkeep { try upkeep(nil, time.monotonic) }
        }
    }
}
