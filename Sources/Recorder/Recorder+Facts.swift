import DeviceProtocol
import JSONScan
import MQTTSession
import Tape

/// What the recording says about itself, and whose error it was.
extension Recorder {
    @discardableResult
    func addGap(
        _ cause: Gap.Cause, from: Timestamp, detail: String, stays: Bool = false
    ) throws(RecorderError) -> Int64 {
        try addGap(
            Gap(
                session: 0, cause: cause, beganAt: from,
                endedAt: stays ? nil : Timestamp(nanoseconds: max(from.nanoseconds, time.wall)), detail: detail))
    }

    @discardableResult
    func addGap(_ gap: Gap) throws(RecorderError) -> Int64 {
        statistics.gaps += 1
        statistics.measures.ledger[gap.cause, default: 0] += 1
        return try onTape { () throws(TapeError) in try writer.addGap(gap) }
    }

    /// Brings the measures up to date that are not counted as things happen.
    func measure() {
        statistics.measures.openGaps = (openGap == nil ? 0 : 1) + (hold == nil ? 0 : 1) + shortfalls.count
        guard let sealing = sealer?.progress else { return }
        statistics.measures.sealed = sealing.sealed.messages
        statistics.measures.deleted = sealing.deleted
    }

    func noAnswer(to request: String) -> RecorderError {
        .connection(
            .unreachable(
                broker: options.connection.address.description,
                reason: "no answer to \(request) within \(Self.answerTimeout / 1_000_000_000) s"))
    }

    func sessionOptions() -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("receive_maximum")
        writer.int(Int64(options.receiveMaximum))
        writer.key("session_expiry_s")
        writer.int(Int64(options.sessionExpiry))
        writer.key("redaction")
        writer.bool(redactor != nil)
        if let name = redactor?.keyName {
            writer.key("redaction_key")
            writer.string(name)
        }
        options.redaction.write(to: &writer)
        if options.connection.tls.insecure {
            writer.key("insecure")
            writer.bool(true)
        }
        if case .impossible(let reason) = statisticsOutcome {
            writer.key("broker_statistics")
            writer.string(reason)
        }
        if let reason = snapshotFailure {
            writer.key("retained_snapshot")
            writer.string(reason)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Stores facts that were found out while recording.
    func storeOptions() throws(RecorderError) {
        let options = sessionOptions()
        guard options != writer.session.options else { return }
        try onTape { () throws(TapeError) in try writer.updateSession { $0.options = options } }
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

    func onConnection<Value>(_ body: () throws(ConnectionError) -> Value) throws(RecorderError) -> Value {
        do { return try body() } catch { throw .connection(error) }
    }
}
