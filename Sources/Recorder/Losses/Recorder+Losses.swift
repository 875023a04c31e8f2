import DeviceProtocol
import MQTTSession
import Tape

/// Watching for what the broker does not deliver, and having it deliver what it holds back.
extension Recorder {
    /// How long after a hole in the packet identifiers a new connection is made for it, ns.
    static let recoveryDelay: Int64 = 2_000_000_000
    /// How far apart such connections are, ns.
    static let recoveryInterval: Int64 = 60_000_000_000
    /// How long a broker may deliver nothing at QoS 1 while it drops messages, ns.
    static let standstill: Int64 = 20_000_000_000
    /// Debian's mosquitto 2.0.11 drops packets, QoS 1 ones included, once so many wait for one client.
    static let packetLimit: UInt16 = 1_000

    /// Once a second: takes what a client's second client found, stores what is known of losses, and makes a new
    /// connection where messages may be stuck.
    func watch(_ client: RecordingClient, _ now: Int64) throws(RecorderError) {
        if client.isRecording { startSideClient(client) }
        if let found = client.side?.take() { try note(client, found) }
        try storeLosses(client)
        try closeHolds(client)
        guard let connection = client.connection, client.isRecording, client.failure == nil else { return }
        if let reason = recovery(client, now) {
            client.lastRecovery = now
            try commit()
            connection.disconnect()
            client.returnsAtOnce = true
            client.failure = .lost(broker: connection.broker, reason: reason)
        }
    }

    /// Why a new connection is to be made now, if one is.
    private func recovery(_ client: RecordingClient, _ now: Int64) -> String? {
        guard now - client.lastRecovery >= Self.recoveryInterval else { return nil }
        let losses = client.losses
        if losses.suspects > 0, let hole = losses.numbered?.until {
            if client.connectedAt > hole || !mayBeStuck(client) {
                // The broker has delivered again all that it held back, if it held something back.
                if now - max(client.connectedAt, hole) > Self.recoveryDelay, losses.calm > client.connectedAt {
                    client.losses.giveUpSuspects()
                }
            } else if now - hole >= Self.recoveryDelay {
                return "\(losses.suspects) messages may be stuck at the broker, which delivers them to a new connection"
            }
        }
        if mayBeStuck(client), let last = losses.lastNumbered, let rise = losses.lastRise, rise > last,
            now - last >= Self.standstill, client.connectedAt < last
        {
            return "the broker drops messages and delivers none at QoS 1; a new connection clears its window"
        }
        return nil
    }

    /// Whether the broker may drop a QoS 1 message and keep its place in the window.
    private func mayBeStuck(_ client: RecordingClient) -> Bool {
        client.losses.hasUnnumbered || options.receiveMaximum >= Self.packetLimit
    }

    private func note(_ client: RecordingClient, _ found: SideClient.Findings) throws(RecorderError) {
        if client.watchesStatistics { share(found, of: client) }
        if let outcome = found.statistics, outcome != client.statisticsOutcome {
            client.statisticsOutcome = outcome
            try storeOptions(client)
            if case .impossible(let reason) = outcome {
                report(.statisticsUnavailable(clientID: client.clientID, reason: reason))
            }
        }
        try store(client, found.retained, outcome: found.snapshot)
        // Another client of the broker may be allowed what this one is not.
        if found.isFinished { client.watchesStatistics = false }
    }

    /// Tells all clients of a broker what one of them learned of its counter, which counts for all of them.
    func share(_ found: SideClient.Findings, of client: RecordingClient) {
        let sharing = clients.filter { $0.broker == client.broker && $0.hasConnected }
        let now = time.monotonic
        for other in sharing {
            other.losses.hasCounter = found.isWatching
            other.losses.numberedElsewhere = sharing.reduce(0) { $0 + ($1 === other ? 0 : $1.losses.numberedDrops) }
            other.losses.sharesCounter = sharing.contains { $0 !== other && !$0.losses.isComplete }
            if let count = found.dropped { other.losses.count(count.value, at: now) }
        }
    }

    // MARK: Rows

    /// Stores what has changed of the rows about losses.
    func storeLosses() throws(RecorderError) {
        for client in clients { try storeLosses(client) }
    }

    private func storeLosses(_ client: RecordingClient) throws(RecorderError) {
        guard client.place != nil else { return }
        // On a copy: storing a row may have to wait, and looks at the losses then.
        var watched = client.losses
        try watched.storeRows { row throws(RecorderError) in
            let gap = Gap(
                session: 0, cause: row.cause, beganAt: wall(of: row.from), endedAt: wall(of: row.until),
                missing: row.missing, detail: row.detail)
            if let id = row.id {
                try onTape { () throws(TapeError) in try writer.updateGap(gap, id: id) }
                return id
            }
            report(.losses(clientID: client.clientID, gap))
            return try addGap(client, gap)
        }
        client.losses = watched
    }

    /// Wall time of a monotonic time of this recording, as the wall clock stood then.
    func wall(of monotonic: Int64) -> Timestamp {
        let offset = offsets.last { $0.monotonic <= monotonic } ?? offsets.first ?? clock.current
        return Timestamp(nanoseconds: monotonic &+ offset.offset)
    }

    /// Takes up another offset of the wall clock, and says in the ledger what it does to the times on the tape.
    func note(_ change: ArrivalClock.Offset) throws(RecorderError) {
        // The old clock held until it was last looked at, a second before.
        offsets.append(change)
        if offsets.count > 64 { offsets.removeFirst() }
        let now = Timestamp(nanoseconds: change.monotonic &+ change.offset)
        let old = Timestamp(nanoseconds: now.nanoseconds &- change.change)
        for client in clients where client.place != nil {
            switch change.cause {
            case .suspend:
                try addGap(
                    client, .suspended, from: client.lastHeard,
                    detail: "wall time moved by \(change.change) ns meanwhile")
            case .step where abs(change.change) >= 1_000_000_000:
                try addGap(
                    client,
                    Gap(
                        session: 0, cause: change.change > 0 ? .clockForward : .clockBack, beganAt: min(old, now),
                        endedAt: max(old, now), missing: 0, detail: "by \(abs(change.change) / 1_000_000) ms"))
            default: break
            }
        }
        report(.clockChanged(cause: change.cause.rawValue, by: change.change))
    }
}
