import Synchronization
import Tape

/// The clocks of the system, and what a test adds to them.
final class MovedTime: TimeSource {
    private let system = SystemTimeSource()
    private let added = Mutex<(monotonic: Int64, wall: Int64, boot: Int64)>((0, 0, 0))

    var monotonic: Int64 { system.monotonic &+ added.withLock { $0.monotonic } }
    var wall: Int64 { system.wall &+ added.withLock { $0.wall } }
    var boot: Int64 { system.boot &+ added.withLock { $0.boot } }

    /// Lets time pass.
    func advance(seconds: Int64) {
        added.withLock {
            $0.monotonic += seconds * 1_000_000_000
            $0.wall += seconds * 1_000_000_000
            $0.boot += seconds * 1_000_000_000
        }
    }

    /// Sets the wall clock forward, or back.
    func setWall(bySeconds seconds: Int64) {
        added.withLock { $0.wall += seconds * 1_000_000_000 }
    }

    /// Lets the machine sleep, which the monotonic clock does not notice (clock_gettime(2)).
    func suspend(seconds: Int64) {
        added.withLock {
            $0.wall += seconds * 1_000_000_000
            $0.boot += seconds * 1_000_000_000
        }
    }
}
