import CLinux
import DeviceProtocol
import Glibc
import MQTTSession
import Tape

/// Waiting, with the connection kept and nothing acknowledged, while the tape cannot be written.
extension Recorder {
    /// The tape could not be written, or not enough, from an instant on.
    struct Hold {
        var cause: Gap.Cause
        /// Monotonic, ns.
        var from: Int64
    }

    static let holdInterval: Int64 = 1_000_000_000
    /// Bytes that are left free on the tape's disk for the ledger, for sealing, and for others; of a small disk less.
    static let reserve: Int64 = 16 << 20
    static let reserveShare: Int64 = 64

    /// Does something on the tape; waits and does it again where the tape cannot be written at the moment.
    ///
    /// What is pending is kept, nothing is read and nothing acknowledged, so that the broker keeps what this tape does
    /// not have.
    func onTape<Value>(_ body: () throws(TapeError) -> Value) throws(RecorderError) -> Value {
        var attempts = 0
        while true {
            let failure: TapeError
            switch Result(catching: body) {
            case .success(let value):
                if attempts > 0 { try release() }
                return value
            case .failure(let error): failure = error
            }
            attempts += 1
            // A tape that cannot even be begun is said at once.
            guard endReason == nil || attempts <= Self.lastAttempts else { throw .tape(failure) }
            switch failure {
            case _ where failure.isStorageRefusing && !hasBegun: throw .tape(failure)
            case .busy:
                // Somebody else holds the lock, a long query of another tool perhaps; SQLite has waited already.
                report(.waiting(reason: failure.description))
                keepAlive()
            case .diskFull: rest(.diskFull, failure)
            case _ where failure.isStorageRefusing: rest(.unwritable, failure)
            default: throw .tape(failure)
            }
        }
    }

    /// Waits a little for what the tape's storage refuses.
    private func rest(_ cause: Gap.Cause, _ reason: TapeError) {
        if hold?.cause != cause {
            hold = Hold(cause: cause, from: hold?.from ?? time.monotonic)
            for client in clients where client.connection != nil && client.place != nil { begin(cause, client) }
            report(.waiting(reason: reason.description))
            sealer?.squeeze()
        }
        statistics.holding = cause
        statistics.elapsed = time.monotonic - startedAt
        report(.progress(statistics))
        keepAlive()
        _ = tapedeck_poll(-1, false, false, endReason == nil ? wake : -1, Self.holdInterval)
    }

    private func begin(_ cause: Gap.Cause, _ client: RecordingClient) {
        // One that has not been told to the tape yet goes on in this one.
        let earlier = client.holds.last { $0.until == nil }
        client.holds.removeAll { $0.until == nil }
        client.holds.append(
            .init(
                from: earlier?.from ?? client.losses.calm, missing: earlier?.missing ?? client.losses.missing,
                cause: cause))
    }

    /// Tells the brokers from time to time that we are here.
    private func keepAlive() {
        for client in clients {
            let interval = Int64(max(1, client.options.connection.keepAlive)) * 1_000_000_000 / 3
            guard client.options.connection.keepAlive > 0, time.monotonic - client.lastHeartbeat >= interval else {
                continue
            }
            client.lastHeartbeat = time.monotonic
            _ = client.connection?.sendHeartbeat()
        }
    }

    /// The tape takes what it refused: begins the rows, which end when everything that waited has been read.
    private func release() throws(RecorderError) {
        guard let held = hold else { return }
        hold = nil
        let now = time.monotonic
        statistics.holding = nil
        for client in clients {
            guard let index = client.holds.lastIndex(where: { $0.until == nil }) else { continue }
            client.holds[index].until = now
            let row = client.holds[index]
            client.holds[index].id = try addGap(
                client, Gap(session: 0, cause: row.cause, beganAt: wall(of: row.from)))
        }
        report(.resumed(cause: held.cause, after: now - held.from))
    }

    /// Ends the rows of times in which the tape could not be written, once what waited has been read.
    func closeHolds(_ client: RecordingClient, atOnce: Bool = false) throws(RecorderError) {
        while let held = client.holds.first, let until = held.until, let id = held.id,
            atOnce || client.losses.calm > until
        {
            client.holds.removeFirst()
            // With all messages numbered and no number missing nothing is.
            let missing: Int64? =
                client.losses.isComplete && client.losses.missing == held.missing && !atOnce ? 0 : nil
            let row = Gap(
                session: 0, cause: held.cause, beganAt: wall(of: held.from),
                endedAt: wall(of: atOnce ? time.monotonic : client.losses.calm), missing: missing)
            try onTape { () throws(TapeError) in try writer.updateGap(row, id: id) }
        }
    }

    /// Waits while hardly any space is left on the tape's disk, everything that was read being committed and
    /// acknowledged before.
    func watchSpace() throws(RecorderError) {
        guard let space = FileSystemSpace(of: options.path), space.free < space.reserve else { return }
        try commit()
        var attempts = 0
        while let space = FileSystemSpace(of: options.path), space.free < 2 * space.reserve, endReason == nil {
            if attempts % 10 == 0 { sealer?.squeeze() }
            attempts += 1
            rest(.lowDisk, .diskFull(path: options.path))
        }
        try release()
    }
}

/// The space on a file system.
struct FileSystemSpace {
    /// Bytes that this process may still write.
    var free: Int64
    /// Bytes that are left free.
    var reserve: Int64

    /// Nil where the system does not say.
    init?(of path: String) {
        var status = statvfs()
        guard statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
        let size = Int64(clamping: status.f_frsize)
        free = Int64(clamping: status.f_bavail).multipliedReportingOverflow(by: size).partialValue
        let whole = Int64(clamping: status.f_blocks).multipliedReportingOverflow(by: size).partialValue
        reserve = min(Recorder.reserve, whole / Recorder.reserveShare)
    }
}
