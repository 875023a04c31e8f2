public import DeviceProtocol

/// How far the times inside of payloads are moved.
public enum TimeShift: Sendable, Hashable {
    /// Not at all.
    case keep
    /// By so many ns; positive is later.
    case by(Int64)
    /// By what brings the arrival of the first message of the window, once it is known, to an instant: when the replay
    /// starts.
    case toStart(Timestamp, firstArrival: Timestamp? = nil)

    /// The same, with the arrival of the first message settled.
    ///
    /// - Parameter firstArrival: of the first message that is published.
    /// - Returns: what moves every message alike, wherever on the tape reading begins.
    public func settled(firstArrival: Timestamp?) -> TimeShift {
        guard case .toStart(let start, nil) = self else { return self }
        return .toStart(start, firstArrival: firstArrival)
    }

    /// The shift when the first message arrived at an instant; nil when nothing is to be moved.
    ///
    /// - Parameters:
    ///   - arrival: of the first message that is published, where that is not settled.
    ///   - roundStart: how much later than the start a round of a loop begins, ns.
    /// - Returns: the shift.
    func resolved(firstArrival arrival: Timestamp, roundStart: Int64) -> TimestampShift? {
        switch self {
        case .keep: return nil
        case .by(let offset): return TimestampShift(nanoseconds: offset)
        case .toStart(let start, let settled):
            let first = (settled ?? arrival).nanoseconds
            let offset = Int128(start.nanoseconds) + Int128(roundStart) - Int128(first)
            return Int64(exactly: offset).map { TimestampShift(nanoseconds: $0) }
        }
    }
}
