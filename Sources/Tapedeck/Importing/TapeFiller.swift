import DeviceProtocol
import Recorder
import Tape

/// Puts messages whose times are known onto a tape, in large batches and as fast as the disk takes them.
///
/// Unlike a recording nobody waits for an acknowledgement: what was put in is safe from a loss of power only when its
/// session has ended.
final class TapeFiller {
    /// What a tape is left with when the filling is given up.
    enum Remainder {
        /// The tape was made here and is gone.
        case nothing
        /// The tape was there before, or messages shall be kept; this many lie in the session that was begun last.
        case session(Int64, messages: Int64)
    }

    /// Messages on the tape and in the batch.
    private(set) var messages: Int64 = 0
    /// Bytes of topics, properties and payloads of these.
    private(set) var bytes: Int64 = 0
    /// Sessions begun.
    private(set) var sessions = 0
    /// Messages that are older than the one before them.
    private(set) var steps = 0

    private let writer: TapeWriter
    private let seals: Bool
    /// Works beside this thread from the first session on.
    private var sealer: BackgroundSealer?
    private var unsealed: Int64 = 0
    private var last = Int64.min
    private var span: ClosedRange<Int64>?
    private var isInSession = false

    /// A batch is committed when it holds so many messages, or so many bytes.
    private static let batch = (messages: 4_096, bytes: 1 << 20)
    /// How often a tape that somebody else has locked is tried, each time for two seconds.
    private static let attempts = 5

    /// Opens a tape, or makes one where there is none.
    ///
    /// - Parameters:
    ///   - path: the tape.
    ///   - seals: whether what is put in is to be sealed.
    /// - Throws: ``TapeError`` when the file is no tape, in use, or cannot be written.
    init(_ path: String, seals: Bool) throws(TapeError) {
        writer = try TapeWriter(path: path)
        self.seals = seals
    }

    /// The number of the session that was begun last.
    var session: Int64 { writer.session.id }

    /// Begins a session, after the end of the one before.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    func begin(_ session: Session) throws(TapeError) {
        try patiently { () throws(TapeError) in
            try writer.begin(
                session,
                // Monotonic time is wall time here.
                clock: ArrivalClock.Offset(
                    cause: .start, monotonic: session.startedAt.nanoseconds, offset: 0, change: 0))
        }
        try writer.setDurability(.later)
        if seals, sealer == nil { sealer = try BackgroundSealer(path: writer.path) }
        sessions += 1
        span = nil
        isInSession = true
    }

    /// Adds a message that arrived at `message.monotonic`, ns since the Unix epoch.
    ///
    /// - Returns: its sequence number.
    /// - Throws: ``TapeError`` when the tape cannot be written.
    @discardableResult
    func append(_ message: consuming RecordedMessage) throws(TapeError) -> Int64 {
        let time = message.monotonic
        if time < last {
            // A batch keeps how long after the one before a message arrived, and that is never negative.
            if span != nil { steps += 1 }
            try commit()
        }
        last = time
        span = min(span?.lowerBound ?? time, time)...max(span?.upperBound ?? time, time)
        messages += 1
        bytes += Int64(message.size)
        let sequence = writer.append(message)
        if writer.pendingCount >= Self.batch.messages || writer.pendingBytes >= Self.batch.bytes { try commit() }
        return sequence
    }

    /// Ends the session, dated from its oldest to its latest message; everything on the tape is durable then.
    ///
    /// - Throws: ``TapeError`` when the tape cannot be written.
    func end(reason: String) throws(TapeError) {
        guard isInSession else { return }
        try commit()
        try writer.setDurability(.atEachCommit)
        let span = span ?? (writer.session.startedAt.nanoseconds...writer.session.startedAt.nanoseconds)
        try patiently { () throws(TapeError) in
            try writer.backdateSession(to: Timestamp(nanoseconds: span.lowerBound))
            try writer.end(at: Timestamp(nanoseconds: span.upperBound), reason: reason)
        }
        isInSession = false
    }

    /// Seals what is not sealed yet; after the end of the last session.
    ///
    /// - Returns: what was done, and what went wrong; the messages are on the tape all the same.
    func seal() -> BackgroundSealer.Report {
        defer { sealer = nil }
        return sealer?.finish(sealsRest: true) ?? BackgroundSealer.Report()
    }

    /// Gives the filling up: removes a tape that was made here, else ends the session that was begun.
    func abandon(reason: String) -> Remainder {
        _ = sealer?.finish(sealsRest: false)
        sealer = nil
        if writer.discard() { return .nothing }
        // What led here counts more than trouble with writing down that it happened.
        try? end(reason: reason)
        return .session(writer.session.id, messages: writer.session.messages)
    }

    private func commit() throws(TapeError) {
        unsealed += Int64(writer.pendingCount)
        if unsealed >= TapeSealer.segmentMessages {
            unsealed = 0
            sealer?.wake()
        }
        try patiently { () throws(TapeError) in try writer.commit() }
    }

    private func patiently(_ body: () throws(TapeError) -> Void) throws(TapeError) {
        var attempt = 1
        while true {
            do {
                return try body()
            } catch .busy where attempt < Self.attempts {
                attempt += 1
            } catch {
                throw error
            }
        }
    }
}
