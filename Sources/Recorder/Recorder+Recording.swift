import DeviceProtocol
import MQTTSession
import MQTTWire
import Tape

/// Reading, committing, acknowledging, and what is looked after once a second.
extension Recorder {
    /// One turn: read, and commit or wait.
    func pump(_ connection: BrokerConnection) throws(RecorderError) {
        var failure: ConnectionError?
        var drained = true
        let began = time.monotonic
        do {
            drained = try connection.read(limit: room, byteLimit: max(1, options.batch.bytes - writer.pendingBytes))
        } catch {
            failure = error
        }
        for event in connection.takeEvents() { record(event) }
        if connection.packetsHeard != packetsHeard {
            packetsHeard = connection.packetsHeard
            hasUndatedPackets = true
        }
        // What was read may have lain in the socket for as long as this process stood still; only a socket that was
        // read empty and is still open proves that the broker was there until now.
        if drained, failure == nil, hasUndatedPackets { heard() }
        if let failure {
            // What came before the break is kept; the broker was not acknowledged and will deliver it again, marked.
            try commitOnly()
            throw .connection(failure)
        }
        let now = time.monotonic
        losses.turn(drained: drained && failure == nil, began: began, at: now)
        try followSnapshot()
        if isBatchDue(now) { try commit(connection) }
        if now >= nextUpkeep { try upkeep(connection, now) }
        guard drained else { return }
        let until = min(
            nextUpkeep, pendingSince.map { $0 + options.batch.age } ?? .max,
            isTakingSnapshot ? now + Self.snapshotInterval : .max)
        _ = connection.wait(timeout: until - time.monotonic, writing: false, wake: wake)
    }

    /// How many messages may still be read into this batch.
    var room: Int {
        let batch = options.batch.messages - writer.pendingCount
        let limit = options.maximumMessages.map { Int(clamping: $0 - writer.session.messages) } ?? .max
        return max(1, min(batch, limit))
    }

    func isBatchDue(_ now: Int64) -> Bool {
        guard let pendingSince else { return false }
        return writer.pendingCount >= options.batch.messages || writer.pendingBytes >= options.batch.bytes
            || now - pendingSince >= options.batch.age
    }

    func record(_ event: ConnectionEvent) {
        guard case .message(let incoming) = event else { return }
        let arrival = clock.stamp()
        if pendingSince == nil { pendingSince = arrival }
        losses.delivered(packetID: incoming.packetID, dup: incoming.dup, at: arrival)
        var message = recorded(incoming, at: arrival)
        guard let packetID = incoming.packetID else {
            let sequence = writer.append(message)
            watchTriggers(message, sequence: sequence, at: arrival)
            return
        }
        let content = Delivery.content(topic: message.topic, payload: message.payload)
        if incoming.dup { message.duplicateOf = window.original(packetID: packetID, content: content) }
        let isRepeat = message.duplicateOf != nil
        let sequence = writer.append(message)
        watchTriggers(message, sequence: sequence, at: arrival)
        if !isRepeat { window.insert(packetID: packetID, sequence: sequence, content: content) }
    }

    /// A message as it is written: with its secrets replaced.
    func recorded(_ incoming: IncomingMessage, at arrival: Int64) -> RecordedMessage {
        var message = RecordedMessage(
            sequence: 0, session: 0, arrival: Timestamp(nanoseconds: 0), monotonic: arrival, topic: incoming.topic,
            payload: incoming.payload, qos: incoming.qos, retain: incoming.retain, dup: incoming.dup,
            packetID: incoming.packetID, properties: incoming.properties)
        redactor?.redact(&message)
        return message
    }

    /// Makes the batch durable, then lets its acknowledgements go, all of them, before anything else is read.
    func commit(_ connection: BrokerConnection) throws(RecorderError) {
        try commitOnly()
        let started = time.monotonic
        while true {
            let done = try onConnection { () throws(ConnectionError) in try connection.flush() }
            if done { return }
            // Only for room to write: what there is to read must wait until these acknowledgements are out.
            _ = connection.waitUntilWritable(timeout: Self.upkeepInterval, wake: wake)
            if isStopping(), time.monotonic - started > Self.blockedFarewell { return }
            if time.monotonic >= nextUpkeep {
                nextUpkeep = time.monotonic + Self.upkeepInterval
                report(.progress(statistics))
                try onConnection { () throws(ConnectionError) in try connection.maintain() }
            }
        }
    }

    /// Notes a sign of life of the broker.
    func heard() {
        lastHeard = Timestamp(nanoseconds: clock.wall(time.monotonic))
        hasUndatedPackets = false
    }

    func commitOnly() throws(RecorderError) {
        let count = writer.pendingCount
        let since = pendingSince
        pendingSince = nil
        guard count > 0 else { return }
        let before = time.monotonic
        try onTape { () throws(TapeError) in try writer.commit() }
        let after = time.monotonic
        statistics.longestCommit = max(statistics.longestCommit, after - before)
        statistics.measures.note(commitOf: count, since: since, from: before, until: after)
        statistics.measures.lastCommit = Timestamp(nanoseconds: clock.wall(after))
        statistics.commits += 1
        unsealed += Int64(count)
        if unsealed >= TapeSealer.segmentMessages {
            unsealed = 0
            sealer?.wake()
        }
        nextHeartbeat = before + Self.heartbeatInterval
    }

    /// Once a second: the wall clock, the connection's pulse, the sign of life, the numbers.
    func upkeep(_ connection: BrokerConnection?, _ now: Int64) throws(RecorderError) {
        nextUpkeep = now + Self.upkeepInterval
        if let change = clock.check() {
            try commitOnly()
            try onTape { () throws(TapeError) in try writer.setClock(change) }
            try note(change)
        }
        if now >= nextHeartbeat {
            nextHeartbeat = now + Self.heartbeatInterval
            try onTape { () throws(TapeError) in try writer.heartbeat(at: Timestamp(nanoseconds: time.wall)) }
        }
        try watch(connection, now)
        try watchSpace(connection)
        try followTriggers(now)
        statistics.elapsed = now - startedAt
        statistics.messages = writer.session.messages - Int64(writer.pendingCount)
        statistics.bytes = writer.session.bytes
        statistics.duplicates = writer.session.duplicates
        statistics.redactions = writer.session.redactions
        if let redactor { statistics.redacted = redactor.counts }
        measure()
        report(.progress(statistics))
        guard let connection else { return }
        try onConnection { () throws(ConnectionError) in
            try connection.maintain()
            // A PING waits behind the acknowledgements that are held back; without any it may go at once.
            if writer.pendingCount == 0 { try connection.flush() }
        }
    }
}
