/// How fast recorded time passes.
public enum Pace: Sendable, Hashable {
    /// As many times as fast as it was recorded: 1 is the original timing, 10 is ten times as fast.
    case rate(Double)
    /// So many messages a second, one like the other, whatever their recorded timing.
    case perSecond(Double)
    /// As fast as the broker takes it.
    case maximum

    /// How long a span of recorded time takes, ns; 0 where recorded time does not count.
    func duration(of recorded: Int64) -> Int64 {
        switch self {
        case .maximum, .perSecond: return 0
        // Whole numbers all the way, exact for any tape.
        case .rate(1): return recorded
        case .rate(let rate): return Self.clamped(Double(recorded) / rate)
        }
    }

    /// How long messages with so much recorded time between the first and the last take, ns; 0 at ``maximum``, where
    /// only the broker knows.
    public func duration(of recorded: Int64, messages: Int64) -> Int64 {
        guard case .perSecond(let rate) = self else { return duration(of: recorded) }
        return Self.clamped(Double(max(0, messages - 1)) * 1e9 / rate)
    }

    /// How fast the line of a ``ReplaySchedule`` moves; nil without one.
    var lineRate: Double? {
        switch self {
        case .rate(let rate), .perSecond(let rate): rate
        case .maximum: nil
        }
    }

    private static func clamped(_ duration: Double) -> Int64 {
        guard duration < Self.longest else { return Int64(Self.longest) }
        return duration > 0 ? Int64(duration) : 0
    }

    /// About 146 years: a sum of two of them still fits 64 bits.
    private static let longest = 0x1p62
}
