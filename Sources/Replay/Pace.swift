/// How fast recorded time passes.
public enum Pace: Sendable, Hashable {
    /// As many times as fast as it was recorded: 1 is the original timing, 10 is ten times as fast.
    case rate(Double)
    /// As fast as the broker takes it.
    case maximum

    /// How long a span of recorded time takes, ns; 0 at ``maximum``.
    func duration(of recorded: Int64) -> Int64 {
        switch self {
        case .maximum: return 0
        // Whole numbers all the way, exact for any tape.
        case .rate(1): return recorded
        case .rate(let rate):
            let duration = Double(recorded) / rate
            guard duration < Self.longest else { return Int64(Self.longest) }
            return duration > 0 ? Int64(duration) : 0
        }
    }

    /// About 146 years: a sum of two of them still fits 64 bits.
    private static let longest = 0x1p62
}
