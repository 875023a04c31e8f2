/// When each message is due: a place on a line tied to an instant of the monotonic clock, so that no message's delay
/// ever moves the ones after it.
///
/// The line is recorded time, or, where messages leave at a fixed rate, their count. It is tied once at the start and
/// once more at each pause, change of rate or jump; between those, every instant is computed from the one pair.
struct ReplaySchedule: Sendable, Hashable {
    /// How much of the line passes in a unit of time.
    private(set) var rate: Double
    /// Whether the line stands still.
    private(set) var isHeld: Bool
    private var anchor: Int64
    private var instant: Int64

    /// Ties a place to an instant.
    ///
    /// - Parameters:
    ///   - place: a place on the line, ns of recorded time or messages times 10⁹.
    ///   - instant: ns of the monotonic clock; may lie ahead, then the line begins to move there.
    ///   - rate: how much of the line passes in a unit of time.
    ///   - isHeld: whether the line stands still at first.
    init(at place: Int64 = 0, instant: Int64 = 0, rate: Double, isHeld: Bool = false) {
        self.rate = rate
        self.isHeld = isHeld
        anchor = place
        self.instant = instant
    }

    /// When a place is reached, ns of the monotonic clock; never while the line stands still.
    func deadline(at place: Int64) -> Int64 {
        guard !isHeld else { return .max }
        let (distance, overflow) = place.subtractingReportingOverflow(anchor)
        guard !overflow else { return place < anchor ? .min : .max }
        return Self.sum(instant, rate == 1 ? distance : Self.whole(Double(distance) / rate))
    }

    /// The place that is reached at an instant.
    func place(at now: Int64) -> Int64 {
        guard !isHeld else { return anchor }
        let (passed, overflow) = now.subtractingReportingOverflow(instant)
        guard !overflow else { return now < instant ? .min : .max }
        return Self.sum(anchor, rate == 1 ? passed : Self.whole(Double(passed) * rate))
    }

    /// Lets the line stand still where it is now.
    mutating func hold(at now: Int64) {
        anchor = place(at: now)
        instant = now
        isHeld = true
    }

    /// Lets the line move on from where it stands.
    mutating func release(at now: Int64) {
        guard isHeld else { return }
        instant = now
        isHeld = false
    }

    /// Moves on with another rate.
    mutating func setRate(_ rate: Double, at now: Int64) {
        anchor = place(at: now)
        instant = now
        self.rate = rate
    }

    /// Goes on from another place; held stays held.
    mutating func jump(to place: Int64, at now: Int64) {
        anchor = place
        instant = now
    }

    /// Lets everything that is still to come be due so much later.
    mutating func postpone(by length: Int64) {
        instant = Self.sum(instant, length)
    }

    // At the rate 1 whole numbers all the way: the original timing is exact for any tape.
    private static func whole(_ length: Double) -> Int64 {
        abs(length) < 0x1p62 ? Int64(length.rounded(.down)) : length < 0 ? -(1 << 62) : 1 << 62
    }

    private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? (one < 0 ? .min : .max) : sum
    }
}
