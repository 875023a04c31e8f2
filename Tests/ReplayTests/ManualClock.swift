import Synchronization
import Tape

/// A clock that stands still until somebody moves it.
final class ManualClock: TimeSource {
    private let time: Mutex<Int64>

    init(_ start: Int64 = 1_000) {
        time = Mutex(start)
    }

    var monotonic: Int64 { time.withLock(\.self) }
    var wall: Int64 { monotonic }
    var boot: Int64 { monotonic }

    func advance(_ nanoseconds: Int64) {
        time.withLock { $0 += nanoseconds }
    }
}
