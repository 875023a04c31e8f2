public import DeviceProtocol
import Glibc
import Synchronization
public import Tape
import Threads

/// Seals a tape on a thread of its own while it is being written, merges what is small and deletes what is old.
///
/// The writer never waits for it longer than a finished segment takes to be stored.
public final class BackgroundSealer: Sendable {
    /// What it has done so far, and what went wrong.
    public struct Report: Sendable {
        /// Messages sealed and merged.
        public var sealed = TapeSealer.Step()
        /// Messages deleted because of the limits.
        public var deleted: Int64 = 0
        /// Parts that could not be sealed, and what ended the work, if anything did.
        public var errors: [TapeError] = []

        /// Nothing done yet.
        public init() {}
    }

    private struct State {
        var report = Report()
        var isStopping = false
        var squeezes = false
        var sealsRest = false
        var isFinished = false
        var keepsFrom: Timestamp?
    }

    private let path: String
    private let retention: Retention
    private let time: any TimeSource
    private let state = Mutex(State())
    private let signal: Signal

    /// How often it looks after the limits and small segments unasked, ns.
    private static let interval: Int64 = 30_000_000_000

    /// Starts the thread; the tape must be open for writing in this process.
    ///
    /// - Parameters:
    ///   - path: the tape.
    ///   - retention: what is to be deleted.
    ///   - time: the clocks.
    /// - Throws: ``TapeError/system(path:action:reason:)`` when there is no thread to be had.
    public init(path: String, retention: Retention = Retention(), time: any TimeSource = SystemTimeSource())
        throws(TapeError)
    {
        self.path = path
        self.retention = retention
        self.time = time
        signal = Signal()
        state.withLock { $0.keepsFrom = retention.keepsFrom }
        AllocatorLimits.set()
        do {
            try DetachedThread.start { [self] in run() }
        } catch {
            throw .system(path: path, action: "start the sealing thread for", reason: "\(error)")
        }
    }

    /// Tells it that there may be enough for a segment.
    public func wake() {
        signal.raise()
    }

    /// Asks for as much room on the disk as sealing can give: everything is sealed, and free space given back.
    public func squeeze() {
        state.withLock { $0.squeezes = true }
        signal.raise()
    }

    /// Says from when on nothing may be deleted because of its age or the tape's size; nil where it does not matter.
    public func keep(from time: Timestamp?) {
        state.withLock { $0.keepsFrom = time }
    }

    /// Ends the thread and waits for it.
    ///
    /// - Parameters:
    ///   - sealsRest: whether everything that was written is to be sealed before; the writer must have ended its session.
    ///   - whileWaiting: called about once a second with what was done until then.
    /// - Returns: what was done and what went wrong.
    public func finish(sealsRest: Bool, whileWaiting: (Report) -> Void = { _ in }) -> Report {
        state.withLock {
            $0.isStopping = true
            $0.sealsRest = sealsRest
        }
        signal.raise()
        while !state.withLock({ $0.isFinished }) {
            signal.waitForEnd(nanoseconds: 1_000_000_000)
            whileWaiting(progress)
        }
        return progress
    }

    /// What was done so far.
    public var progress: Report { state.withLock { $0.report } }

    /// A ring is to be as long as was asked for, within a few per cent.
    private var interval: Int64 {
        guard retention.isRing, let age = retention.age else { return Self.interval }
        return max(1_000_000_000, min(Self.interval, age / 20))
    }

    /// A ring deletes whole segments: one must not have much more time in it than there is between two looks.
    private var span: Int64? {
        guard retention.isRing, let age = retention.age else { return nil }
        return max(1_000_000_000, age / 10)
    }

    private func run() {
        do throws(TapeError) {
            let sealer = try TapeSealer(path: path, besideWriter: true)
            while !state.withLock({ $0.isStopping }) {
                let squeezes = state.withLock { state in
                    defer { state.squeezes = false }
                    return state.squeezes
                }
                try attempt { () throws(TapeError) in
                    guard squeezes else { return try work(sealer, .full) }
                    sealer.checkpoint()
                    try work(sealer, .all)
                    try sealer.giveBackFreeSpace()
                    sealer.checkpoint()
                }
                signal.wait(nanoseconds: interval)
            }
            if state.withLock({ $0.sealsRest }) {
                try work(sealer, .all)
                try sealer.giveBackFreeSpace()
                sealer.checkpoint()
            }
            state.withLock { $0.report.errors += sealer.damages }
        } catch {
            state.withLock { $0.report.errors.append(error) }
        }
        state.withLock { $0.isFinished = true }
        signal.raiseEnd()
    }

    /// A tape that is locked or a disk that is full is met again later; the messages are safe in the journal.
    private func attempt(_ body: () throws(TapeError) -> Void) throws(TapeError) {
        do {
            try body()
        } catch {
            if case .busy = error { return }
            guard error.isStorageRefusing else { throw error }
        }
    }

    private func work(_ sealer: TapeSealer, _ demand: TapeSealer.Demand) throws(TapeError) {
        defer { AllocatorLimits.trim() }
        while demand == .all || !isStopping, let step = try sealer.sealNext(demand, span: span) {
            AllocatorLimits.trim()
            state.withLock { $0.report.sealed.add(step) }
        }
        // A merged segment of a ring would be as young as its youngest message and never be deleted.
        while !retention.isRing, demand == .all || !isStopping, try sealer.mergeNext(demand) != nil {}
        while demand == .all || !isStopping,
            let count = try sealer.deleteNext(currentRetention, now: .init(nanoseconds: time.wall))
        {
            state.withLock { $0.report.deleted += count }
        }
    }

    private var currentRetention: Retention {
        var current = retention
        current.keepsFrom = state.withLock { $0.keepsFrom }
        return current
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }
}

/// Two conditions: something to do, and the end.
///
/// Unchecked because `Synchronization.Mutex` has no condition variable; every access goes through the POSIX mutex.
private final class Signal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isRaised = false
    private var hasEnded = false

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func raise() {
        pthread_mutex_lock(mutex)
        isRaised = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    func raiseEnd() {
        pthread_mutex_lock(mutex)
        hasEnded = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits until it is raised, or so long.
    func wait(nanoseconds: Int64) {
        var deadline = Self.deadline(in: nanoseconds)
        pthread_mutex_lock(mutex)
        while !isRaised, pthread_cond_timedwait(condition, mutex, &deadline) == 0 {}
        isRaised = false
        pthread_mutex_unlock(mutex)
    }

    /// Waits for the end, or so long.
    func waitForEnd(nanoseconds: Int64) {
        var deadline = Self.deadline(in: nanoseconds)
        pthread_mutex_lock(mutex)
        while !hasEnded, pthread_cond_timedwait(condition, mutex, &deadline) == 0 {}
        pthread_mutex_unlock(mutex)
    }

    private static func deadline(in nanoseconds: Int64) -> timespec {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        deadline.tv_sec += Int(nanoseconds / 1_000_000_000)
        return deadline
    }
}
