import DeviceProtocol
import JSONScan
import MQTTSession
import Tape

/// What the recording says about itself, and whose error it was.
extension Recorder {
    @discardableResult
    func addGap(
        _ client: RecordingClient, _ cause: Gap.Cause, from: Timestamp, detail: String, stays: Bool = false
    ) throws(RecorderError) -> Int64 {
        try addGap(
            client,
            Gap(
                session: 0, cause: cause, beganAt: from,
                endedAt: stays ? nil : Timestamp(nanoseconds: max(from.nanoseconds, time.wall)), detail: detail))
    }

    @discardableResult
    func addGap(_ client: RecordingClient, _ gap: Gap) throws(RecorderError) -> Int64 {
        statistics.gaps += 1
        statistics.measures.ledger[gap.cause, default: 0] += 1
        return try onTape { () throws(TapeError) in try writer.addGap(gap, at: client.place) }
    }

    /// Brings the numbers up to date that are not counted as things happen.
    func count() {
        let sessions = clients.compactMap { $0.place.map(writer.session(at:)) }
        statistics.messages = taken - Int64(writer.pendingCount)
        statistics.bytes = sessions.reduce(0) { $0 + $1.bytes }
        statistics.duplicates = sessions.reduce(0) { $0 + $1.duplicates }
        statistics.redactions = sessions.reduce(0) { $0 + $1.redactions }
        if let redactor { statistics.redacted = redactor.counts }
        statistics.missing = clients.reduce(0) { $0 + $1.losses.missing }
        statistics.connectedClients = clients.count(where: \.isRecording)
        statistics.measures.openGaps = clients.reduce(0) { count, client in
            count + (client.openGap == nil ? 0 : 1) + client.holds.count + client.shortfalls.count
        }
        guard let sealing = sealer?.progress else { return }
        statistics.measures.sealed = sealing.sealed.messages
        statistics.measures.deleted = sealing.deleted
    }

    func noAnswer(_ broker: String, to request: String) -> RecorderError {
        .connection(
            .unreachable(
                broker: broker,
                reason: "no answer to \(request) within \(Self.answerTimeout / 1_000_000_000) s"))
    }

    func sessionOptions(_ client: RecordingClient) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("receive_maximum")
        writer.int(Int64(options.receiveMaximum))
        writer.key("session_expiry_s")
        writer.int(Int64(options.sessionExpiry))
        if let size = client.options.connection.maximumPacketSize {
            writer.key("maximum_packet_size")
            writer.int(Int64(size))
        }
        writer.key("redaction")
        writer.bool(redactor != nil)
        if let name = redactor?.keyName {
            writer.key("redaction_key")
            writer.string(name)
        }
        options.redaction.write(to: &writer)
        if client.options.connection.tls.insecure {
            writer.key("insecure")
            writer.bool(true)
        }
        if case .impossible(let reason) = client.statisticsOutcome {
            writer.key("broker_statistics")
            writer.string(reason)
        }
        if let reason = client.snapshotFailure {
            writer.key("retained_snapshot")
            writer.string(reason)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Stores facts that were found out while recording.
    func storeOptions(_ client: RecordingClient) throws(RecorderError) {
        guard let place = client.place else { return }
        let options = sessionOptions(client)
        guard options != writer.session(at: place).options else { return }
        try onTape { () throws(TapeError) in try writer.updateSession(at: place) { $0.options = options } }
    }

    func tags() -> String {
        var writer = JSONWriter()
        writer.beginObject()
        for tag in options.tags {
            writer.key(tag.name)
            writer.string(tag.value)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
