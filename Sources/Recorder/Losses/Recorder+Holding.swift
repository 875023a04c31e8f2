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
        /// Holes in the packet identifiers before it.
        var missing: Int64
        /// When it could be written again; nil as long as it cannot.
        var until: Int64?
        /// The row on the tape.
        var id: Int64?
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
            case _ where failure.isStorageRefusing && writer.session.id == 0: throw .tape(failure)
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
        if hold?.cause != cause || hold?.until != nil {
            // One that has not been told to the tape yet goes on in this one.
            let from = hold.map { $0.id == nil ? $0.from : losses.calm } ?? losses.calm
            hold = Hold(cause: cause, from: from, missing: losses.missing)
            report(.waiting(reason: reason.description))
            sealer?.squeeze()
        }
        statistics.holding = hold?.cause
        statistics.elapsed = time.monotonic - startedAt
        report(.progress(statistics))
        keepAlive()
        _ = tapedeck_poll(-1, false, false, endReason == nil ? wake : -1, Self.holdInterval)
    }

    /// Tells the broker from time to time that we are here.
    private func keepAlive() {
        let interval = Int64(max(1, options.connection.keepAlive)) * 1_000_000_000 / 3
        guard options.connection.keepAlive > 0, time.monotonic - lastHeartbeat >= interval else { return }
        lastHeartbeat = time.monotonic
        _ = live?.sendHeartbeat()
    }

    /// The tape takes what it refused: begins the row, which ends when everything that waited has been read.
    private func release() throws(RecorderError) {
        guard var held = hold, held.until == nil else { return }
        held.until = time.monotonic
        hold = held
        statistics.holding = nil
        hold?.id = try addGap(Gap(session: 0, cause: held.cause, beganAt: wall(of: held.from)))
        report(.resumed(cause: held.cause, after: time.monotonic - held.from))
    }

    /// Ends the row of a time in which the tape could not be written, once what waited has been read.
    func closeHold(_ now: Int64, atOnce: Bool = false) throws(RecorderError) {
        guard let held = hold, let until = held.until, let id = held.id, atOnce || losses.calm > until else { return }
        hold = nil
        // With all messages numbered and no number missing nothing is.
        let missing: Int64? = losses.isComplete && losses.missing == held.missing && !atOnce ? 0 : nil
        let row = Gap(
            session: 0, cause: held.cause, beganAt: wall(of: held.from), endedAt: wall(of: atOnce ? now : losses.calm),
            missing: missing)
        try onTape { () throws(TapeError) in try writer.updateGap(row, id: id) }
    }

    /// Waits while hardly any space is left on the tape's disk, everything that was read being committed and
    /// acknowledged before.
    func watchSpace(_ connection: BrokerConnection?) throws(RecorderError) {
        guard let space = FileSystemSpace(of: options.path), space.free < space.reserve else { return }
        if let connection { try commit(connection) } else { try commitOnly() }
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
