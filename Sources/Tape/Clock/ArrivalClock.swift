/// Stamps arrivals: strictly increasing monotonic time, and the offset that turns it into wall time.
///
/// The offset stays as it is until the wall clock steps or the machine is suspended; then ``check()`` says so and a new
/// offset holds from there on. Slewing (NTP) moves both clocks alike and changes nothing.
public struct ArrivalClock {
    /// Why an offset began.
    public enum Cause: String, Sendable {
        /// The recording began.
        case start
        /// Somebody set the wall clock.
        case step
        /// The machine slept.
        case suspend
    }

    /// What to add to monotonic time to get wall time, from one instant on.
    public struct Offset: Sendable, Hashable {
        /// Why it began.
        public var cause: Cause
        /// Monotonic time at which it was measured, ns.
        public var monotonic: Int64
        /// Wall minus monotonic time, ns.
        public var offset: Int64
        /// By how much it differs from the one before, ns.
        public var change: Int64

        /// Makes an offset from its parts.
        public init(cause: Cause, monotonic: Int64, offset: Int64, change: Int64) {
            self.cause = cause
            self.monotonic = monotonic
            self.offset = offset
            self.change = change
        }
    }

    /// A difference below this is the noise of reading two clocks one after the other, ns.
    static let tolerance: Int64 = 20_000_000

    private let source: any TimeSource
    private var suspended: Int64
    private var last = Int64.min
    /// The offset in force.
    public private(set) var current: Offset

    /// Measures the first offset.
    public init(_ source: some TimeSource) {
        self.source = source
        current = Self.measure(source, cause: .start, previous: nil)
        suspended = source.boot &- source.monotonic
    }

    /// The next arrival in monotonic time, ns: later than every one before, by 1 ns where the clock did not move.
    public mutating func stamp() -> Int64 {
        let now = source.monotonic
        last = now > last ? now : last + 1
        return last
    }

    /// Wall time of a monotonic time under the offset in force, ns since the Unix epoch.
    public func wall(_ monotonic: Int64) -> Int64 {
        monotonic &+ current.offset
    }

    /// Looks whether the wall clock stepped or the machine slept since the last look; the new offset if so.
    public mutating func check() -> Offset? {
        let measured = Self.measure(source, cause: .step, previous: current)
        guard abs(measured.change) > Self.tolerance else { return nil }
        let suspendedNow = source.boot &- source.monotonic
        current = measured
        if suspendedNow &- suspended > Self.tolerance { current.cause = .suspend }
        suspended = suspendedNow
        return current
    }

    /// Reads both clocks a few times and keeps the pair that was read in the shortest time.
    private static func measure(_ source: some TimeSource, cause: Cause, previous: Offset?) -> Offset {
        var best: (width: Int64, monotonic: Int64, offset: Int64)?
        for _ in 0..<3 {
            let before = source.monotonic
            let wall = source.wall
            let after = source.monotonic
            let middle = before + (after - before) / 2
            if after - before < best?.width ?? .max { best = (after - before, middle, wall - middle) }
        }
        let offset = best?.offset ?? 0
        return Offset(
            cause: cause, monotonic: best?.monotonic ?? 0, offset: offset, change: offset - (previous?.offset ?? offset)
        )
    }
}
