/// Keeps messages at or below so many a second, with room for a short burst; an even flow passes untouched.
///
/// It is the generic cell rate algorithm (ITU-T I.371, annex A): one number says when the next message would be due if
/// they came evenly, and a message may be ahead of that by the burst.
struct RateCap: Sendable, Hashable {
    /// How long a burst may be, as the time that its messages would take evenly, ns.
    static let burst: Int64 = 100_000_000

    private let interval: Double
    private var even = -Double.infinity

    init(messagesPerSecond: Double) {
        interval = 1e9 / messagesPerSecond
    }

    /// The earliest instant at which the next message may leave, ns of the monotonic clock.
    var earliest: Int64 {
        let earliest = even - Double(Self.burst)
        return earliest > -0x1p62 ? Int64(min(earliest, 0x1p62)) : .min
    }

    /// Takes note of a message that leaves.
    mutating func note(at instant: Int64) {
        even = max(even, Double(instant)) + interval
    }
}
