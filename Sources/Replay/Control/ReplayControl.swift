import Synchronization
public import Threads

/// What a person may ask for during a replay.
public enum ReplayControl: Sendable, Hashable {
    /// Stand still, or go on.
    case togglePause
    /// While it stands still: send one message.
    case next
    /// Move by so much recorded time, ns; backwards what is passed is sent again.
    case seek(Int64)
    /// Go so many times as fast as now.
    case scaleRate(Double)
    /// Send nothing more and end in order.
    case stop
}

/// Where a keyboard leaves what was asked for until the replay takes it.
public final class ControlMailbox: Sendable {
    private let waiting = Mutex<[ReplayControl]>([])
    private let isFilled = Atomic(false)
    private let wake: EventDescriptor
    /// A key that is held down must not fill the memory of a replay that hangs.
    private static let limit = 256

    /// A mailbox whose owner is woken through `wake`.
    public init(wake: EventDescriptor) {
        self.wake = wake
    }

    /// Asks for something; dropped when hundreds of wishes wait already.
    public func send(_ control: ReplayControl) {
        waiting.withLock { if $0.count < Self.limit || control == .stop { $0.append(control) } }
        isFilled.store(true, ordering: .releasing)
        wake.signal()
    }

    /// Takes what was asked for, oldest first.
    func take() -> [ReplayControl] {
        // Asked before every message: without a wish it costs one load.
        guard isFilled.load(ordering: .acquiring) else { return [] }
        isFilled.store(false, ordering: .relaxed)
        return waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
