import Synchronization
import Testing

@testable import Tape

@Suite struct ArrivalClockTests {
    @Test func `arrivals are strictly increasing even when the clock stands still`() {
        let source = ManualTime(monotonic: 100, wall: 5_000)
        var clock = ArrivalClock(source)
        let stamps = [clock.stamp(), clock.stamp(), clock.stamp()]
        #expect(stamps == [100, 101, 102])
        source.advance(50)
        let later = clock.stamp()
        #expect(later == 150)
    }

    @Test func `a step of the wall clock begins a new offset, a slew does not`() throws {
        let source = ManualTime(monotonic: 0, wall: 1_000_000_000)
        var clock = ArrivalClock(source)
        source.advance(1_000_000_000)
        source.stepWall(by: 1_000_000)
        let slewed = clock.check()
        #expect(slewed == nil)
        source.stepWall(by: 3_600_000_000_000)
        let checked = clock.check()
        let step = try #require(checked)
        #expect(step.cause == .step)
        #expect(step.change == 3_600_001_000_000)
        let arrival = clock.stamp()
        #expect(clock.wall(arrival) == source.wall)
        let again = clock.check()
        #expect(again == nil)
    }

    @Test func `a suspend is told from a step`() {
        let source = ManualTime(monotonic: 0, wall: 1_000_000_000)
        var clock = ArrivalClock(source)
        source.suspend(for: 60_000_000_000)
        let checked = clock.check()
        #expect(checked?.cause == .suspend)
    }
}

/// Clocks that move when they are told to.
final class ManualTime: TimeSource {
    private let state: Mutex<(monotonic: Int64, wall: Int64, boot: Int64)>

    init(monotonic: Int64, wall: Int64) {
        state = Mutex((monotonic, wall, monotonic))
    }

    var monotonic: Int64 { state.withLock { $0.monotonic } }
    var wall: Int64 { state.withLock { $0.wall } }
    var boot: Int64 { state.withLock { $0.boot } }

    func advance(_ nanoseconds: Int64) {
        state.withLock {
            $0.monotonic += nanoseconds
            $0.wall += nanoseconds
            $0.boot += nanoseconds
        }
    }

    func stepWall(by nanoseconds: Int64) {
        state.withLock { $0.wall += nanoseconds }
    }

    func suspend(for nanoseconds: Int64) {
        state.withLock {
            $0.wall += nanoseconds
            $0.boot += nanoseconds
        }
    }
}
