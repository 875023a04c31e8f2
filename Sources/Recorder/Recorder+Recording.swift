import CLinux
import DeviceProtocol
import Glibc
import MQTTSession
import MQTTWire
import Tape
import Threads

/// Reading, committing, acknowledging, and what is looked after once a second.
extension Recorder {
    /// One turn of a client: calls its broker, or reads what has come.
    func turn(_ client: RecordingClient) throws(RecorderError) {
        do throws(RecorderError) {
            switch client.phase {
            case .away(let until):
                if hasBegun, client.place == nil, client.firstWait != nil, begun < Self.sessionsAtOnce {
                    // Now that there is something on the tape it is to say who waits.
                    try beginWaiting(client)
                }
                if time.monotonic >= until, calls < Self.callsAtOnce { call(client) }
            case .calling(let call):
                guard client.place != nil || begun < Self.sessionsAtOnce else { return }
                switch call.takeOutcome() {
                case .success((let connection, let acknowledgement)): try answer(client, connection, acknowledgement)
                case .failure(let error): throw RecorderError.connection(error)
                case nil: break
                }
            case .subscribing, .recording: try pump(client)
            }
        } catch .connection(let error) {
            try connectionLost(client, error)
        }
    }

    /// Reads what a client's socket has.
    private func pump(_ client: RecordingClient) throws(RecorderError) {
        guard let connection = client.connection, taken < options.maximumMessages ?? .max else { return }
        if let failure = client.failure { throw .connection(failure) }
        if client.isBlocked {
            // What there is to read must wait until the acknowledgements of what was committed are out.
            flush(client)
            if let failure = client.failure { throw .connection(failure) }
            guard !client.isBlocked else { return }
        }
        if isBatchFull {
            // The client before has read as much as a batch may hold.
            try commit()
            if let failure = client.failure { throw .connection(failure) }
            guard !client.isBlocked else { return }
        }
        let began = time.monotonic
        // A silent socket is read now and then all the same: that notes that it was listened to.
        guard client.isReadable || !client.isDrained || began - client.lastLook >= Self.lookInterval else {
            try followSubscribing(client, began)
            return try followSnapshot(client)
        }
        client.isReadable = false
        var failure: ConnectionError?
        do {
            client.isDrained = try connection.read(
                limit: room, byteLimit: max(1, options.batch.bytes - writer.pendingBytes))
        } catch {
            failure = error
        }
        for event in connection.takeEvents() { try record(event, of: client) }
        if connection.packetsHeard != client.packetsHeard {
            client.packetsHeard = connection.packetsHeard
            client.hasUndatedPackets = true
        }
        // What was read may have lain in the socket for as long as this process stood still; only a socket that was
        // read empty and is still open proves that the broker was there until now.
        if client.isDrained, failure == nil, client.hasUndatedPackets { heard(client) }
        let now = time.monotonic
        try followSubscribing(client, now)
        // What came before a break is kept; the broker was not acknowledged and will deliver it again, marked.
        if let failure { throw .connection(failure) }
        client.losses.turn(drained: client.isDrained, began: began, at: now)
        client.lastLook = now
        if client.isDrained, now - client.lastRedelivery > Self.redeliveryPause { client.window.forgetEarlier() }
        try followSnapshot(client)
    }

    /// Calls under way.
    private var calls: Int {
        clients.count { client in if case .calling = client.phase { true } else { false } }
    }

    /// Waits until a client has something to do.
    func wait() {
        var until = nextUpkeep
        if let pendingSince { until = min(until, pendingSince + options.batch.age) }
        let mayCall = calls < Self.callsAtOnce
        // Sessions wait to be begun.
        if begun >= Self.sessionsAtOnce { until = 0 }
        var waiting: [RecordingClient] = []
        var isDue = false
        var descriptors = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        descriptors.append(pollfd(fd: answered.descriptor, events: Int16(POLLIN), revents: 0))
        for client in clients {
            switch client.phase {
            case .away(let next): if mayCall { until = min(until, next) }
            case .calling: break
            case .subscribing, .recording:
                guard let connection = client.connection, client.failure == nil else {
                    isDue = true
                    continue
                }
                if !client.isBlocked, !client.isDrained { isDue = true }
                waiting.append(client)
                let interest = client.isBlocked ? POLLOUT : POLLIN
                descriptors.append(pollfd(fd: connection.descriptor, events: Int16(interest), revents: 0))
                if client.isTakingSnapshot { until = min(until, time.monotonic + Self.snapshotInterval) }
            }
        }
        let patience = isDue ? 0 : until - time.monotonic
        guard tapedeck_poll_many(&descriptors, Int32(descriptors.count), patience) else { return }
        if descriptors[1].revents != 0 { answered.clear() }
        for (client, descriptor) in zip(waiting, descriptors[2...]) where descriptor.revents != 0 {
            client.isReadable = true
        }
    }

    /// How many messages may still be read into this batch.
    private var room: Int {
        let batch = options.batch.messages - writer.pendingCount
        let limit = options.maximumMessages.map { Int(clamping: $0 - taken) } ?? .max
        return max(1, min(batch, limit))
    }

    func isBatchDue(_ now: Int64) -> Bool {
        guard let pendingSince else { return false }
        return isBatchFull || now - pendingSince >= options.batch.age
    }

    private var isBatchFull: Bool {
        writer.pendingCount >= options.batch.messages || writer.pendingBytes >= options.batch.bytes
    }

    private func record(_ event: ConnectionEvent, of client: RecordingClient) throws(RecorderError) {
        switch event {
        case .message(let incoming): try record(incoming, of: client)
        case .subscribed(let packetID, let code): note(client, answerTo: packetID, code)
        default: break
        }
    }

    private func record(_ incoming: IncomingMessage, of client: RecordingClient) throws(RecorderError) {
        let arrival = clock.stamp()
        if pendingSince == nil { pendingSince = arrival }
        taken += 1
        client.losses.delivered(packetID: incoming.packetID, dup: incoming.dup, at: arrival)
        var message = recorded(incoming, at: arrival, by: client)
        guard let packetID = incoming.packetID else {
            let sequence = writer.append(message, to: client.place)
            watchTriggers(message, sequence: sequence, at: arrival)
            return
        }
        let content = Delivery.content(topic: message.topic, payload: message.payload)
        if incoming.dup { message.duplicateOf = try original(client, packetID: packetID, content: content, arrival) }
        let isRepeat = message.duplicateOf != nil
        let sequence = writer.append(message, to: client.place)
        watchTriggers(message, sequence: sequence, at: arrival)
        if !isRepeat { client.window.insert(packetID: packetID, sequence: sequence, content: content) }
    }

    /// The recorded message that a delivery with DUP set repeats, or nil.
    private func original(
        _ client: RecordingClient, packetID: UInt16, content: Int, _ now: Int64
    ) throws(RecorderError) -> Int64? {
        client.lastRedelivery = now
        if !client.window.reaches(packetID) {
            let deliveries = try onTape { () throws(TapeError) in
                try writer.recentDeliveries(limit: DuplicateWindow.depth, at: client.place)
            }
            client.window.deepen(with: deliveries)
        }
        return client.window.original(packetID: packetID, content: content)
    }

    /// A message as it is written: with its secrets replaced.
    func recorded(_ incoming: IncomingMessage, at arrival: Int64, by client: RecordingClient) -> RecordedMessage {
        var message = RecordedMessage(
            sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: arrival, topic: incoming.topic,
            payload: incoming.payload, qos: incoming.qos, retain: incoming.retain, dup: incoming.dup,
            packetID: incoming.packetID, properties: incoming.properties)
        guard let before = redactor?.counts else { return message }
        redactor?.redact(&message)
        if message.redactions > 0, let after = redactor?.counts { client.redacted.add(after.since(before)) }
        return message
    }

    /// Makes the batch durable, then lets its acknowledgements go, all of them, before anything else is read.
    func commit() throws(RecorderError) {
        try commitOnly()
        for client in clients where client.connection != nil { flush(client) }
    }

    /// Writes what may leave; nothing that was read may be waiting for its commit.
    func flush(_ client: RecordingClient) {
        guard let connection = client.connection, client.failure == nil else { return }
        do { client.isBlocked = try !connection.flush() } catch { client.failure = error }
    }

    /// Notes a sign of life of a client's broker.
    func heard(_ client: RecordingClient) {
        client.lastHeard = Timestamp(nanoseconds: clock.wall(time.monotonic))
        client.hasUndatedPackets = false
    }

    func commitOnly() throws(RecorderError) {
        let count = writer.pendingCount
        let since = pendingSince
        pendingSince = nil
        guard count > 0 else { return }
        let before = time.monotonic
        try onTape { () throws(TapeError) in try writer.commit() }
        try storeIncidents(atOnce: false)
        let after = time.monotonic
        statistics.longestCommit = max(statistics.longestCommit, after - before)
        statistics.measures.note(commitOf: count, since: since, from: before, until: after)
        statistics.measures.lastCommit = Timestamp(nanoseconds: clock.wall(after))
        statistics.commits = writer.commits
        if writer.committedMessages - offered >= TapeSealer.segmentMessages {
            offered = writer.committedMessages
            sealer?.wake()
        }
    }

    /// Once a second: the wall clock, the connections' pulse, the sign of life, the numbers.
    func upkeep(_ now: Int64) throws(RecorderError) {
        nextUpkeep = now + Self.upkeepInterval
        if let change = clock.check() {
            guard hasBegun else {
                offsets = [change]
                return report(.progress(statistics))
            }
            try commitOnly()
            try onTape { () throws(TapeError) in try writer.setClock(change) }
            try note(change)
        }
        if hasBegun {
            if now >= nextHeartbeat {
                nextHeartbeat = now + Self.heartbeatInterval
                try commitOnly()
                try onTape { () throws(TapeError) in try writer.heartbeat(at: Timestamp(nanoseconds: time.wall)) }
            }
            for client in clients { try watch(client, now) }
            try watchSpace()
            try followTriggers(now)
        }
        statistics.elapsed = now - startedAt
        count()
        report(.progress(statistics))
        for client in clients { maintain(client) }
    }

    /// Whether there is a session on the tape.
    var hasBegun: Bool { clients.contains { $0.place != nil } }

    private func maintain(_ client: RecordingClient) {
        guard let connection = client.connection, client.failure == nil else { return }
        do {
            try connection.maintain()
            // A PING waits behind the acknowledgements that are held back; without any it may go at once.
            if writer.pendingCount == 0 { client.isBlocked = try !connection.flush() }
        } catch {
            client.failure = error
        }
    }
}
