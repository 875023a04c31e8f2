import Tape

/// When each message is due: a place in recorded time tied to an instant of the monotonic clock once, so that no
/// message's delay ever moves the ones after it.
struct ReplaySchedule: Sendable {
    let pace: Pace
    /// The instant of recorded time 0, ns of the monotonic clock.
    let start: Int64

    /// Ties recorded time 0 to now.
    init(pace: Pace, clock: some TimeSource) {
        self.pace = pace
        start = clock.monotonic
    }

    /// When a message is due, ns of the monotonic clock; nil when it may go at once (``Pace/maximum``).
    func deadline(at offset: Int64) -> Int64? {
        guard case .rate = pace else { return nil }
        let (deadline, overflow) = start.addingReportingOverflow(pace.duration(of: offset))
        return overflow ? .max : deadline
    }
}
