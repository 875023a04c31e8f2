import DeviceProtocol
import Tape

/// Lays the messages of a tape, sessions one after the other, onto one line of recorded time that begins at 0 with the
/// first message.
///
/// Within a session time is what the recorder's monotonic clock says, so that steps of the wall clock change nothing;
/// from one session to the next it is the wall time between the two messages, and never negative.
struct RecordedTimeline: Sendable {
    /// Silences longer than this count as this long, ns of recorded time; nil leaves them as they are.
    let longestSilence: Int64?

    private var last: (session: Int64, monotonic: Int64, arrival: Int64)?
    /// Recorded time of the last message, ns; the length of the line so far.
    private(set) var length: Int64 = 0

    init(longestSilence: Int64? = nil) {
        self.longestSilence = longestSilence
    }

    /// The place of the next message, ns since the first.
    mutating func place(_ message: RecordedMessage) -> Int64 {
        place(session: message.session, monotonic: message.monotonic, arrival: message.arrival)
    }

    mutating func place(session: Int64, monotonic: Int64, arrival: Timestamp) -> Int64 {
        if let last {
            let passed =
                last.session == session
                ? Self.difference(monotonic, last.monotonic) : Self.difference(arrival.nanoseconds, last.arrival)
            let (sum, overflow) = length.addingReportingOverflow(min(passed, longestSilence ?? .max))
            length = overflow ? .max : sum
        }
        last = (session, monotonic, arrival.nanoseconds)
        return length
    }

    /// `later - earlier`, but not below 0 and never beyond 64 bits.
    private static func difference(_ later: Int64, _ earlier: Int64) -> Int64 {
        guard later > earlier else { return 0 }
        let (difference, overflow) = later.subtractingReportingOverflow(earlier)
        return overflow ? .max : difference
    }
}
