import Glibc

/// The clocks that recording and replay read; injected, so that tests decide what time it is.
public protocol TimeSource: Sendable {
    /// A clock that never steps and stands still while the machine is suspended (CLOCK_MONOTONIC), ns.
    var monotonic: Int64 { get }
    /// The wall clock (CLOCK_REALTIME), ns since the Unix epoch.
    var wall: Int64 { get }
    /// A clock that never steps and goes on while the machine is suspended (CLOCK_BOOTTIME), ns.
    var boot: Int64 { get }
}

/// The clocks of this machine.
public struct SystemTimeSource: TimeSource {
    /// Reads the kernel's clocks.
    public init() {}

    /// CLOCK_MONOTONIC, ns.
    public var monotonic: Int64 { Self.read(CLOCK_MONOTONIC) }
    /// CLOCK_REALTIME, ns since the Unix epoch.
    public var wall: Int64 { Self.read(CLOCK_REALTIME) }
    /// CLOCK_BOOTTIME, ns.
    public var boot: Int64 { Self.read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
