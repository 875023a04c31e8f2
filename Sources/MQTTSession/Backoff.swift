/// Waiting times between attempts to connect: doubling from a quarter second to thirty seconds, with a seeded jitter
/// so that a fleet of recorders does not come back in one instant.
public struct Backoff: Sendable {
    private var exponent = 0
    private var random: UInt64

    /// Starts with the shortest wait.
    public init(seed: UInt64) {
        random = seed | 1
    }

    /// The next wait, ns.
    public mutating func next() -> Int64 {
        let base = min(Int64(250_000_000) << Int64(min(exponent, 7)), 30_000_000_000)
        exponent += 1
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return base * 3 / 4 + Int64(random >> 33) % (base / 4 + 1)
    }

    /// Begins again with the shortest wait.
    public mutating func reset() {
        exponent = 0
    }
}
