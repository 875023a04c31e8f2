import DeviceProtocol
import Glibc
import Threads

/// Hands messages from one thread to another: bounded in number and in bytes, so that the reader of a tape waits for
/// the network and never fills the memory.
///
/// Up to a full load may be queued while the consumer still holds the load that it took before.
final class BoundedQueue: @unchecked Sendable {
    // Sendable holds because everything below is touched with `mutex` held only.

    /// How much is queued at most; a single message is always taken, however large.
    struct Limits: Sendable {
        var messages = 4096
        var bytes = 16 << 20
    }

    /// What the consumer finds.
    enum Load {
        /// The next messages, at least one.
        case messages([Cue])
        /// Nothing yet; the wake signal will tell.
        case empty
        /// There is nothing more to come.
        case finished
        /// The producer failed; there is nothing more to come.
        case failed(any Error)
    }

    private enum State {
        case open
        case finished((any Error)?)
        case cancelled
    }

    private let limits: Limits
    private let wake: EventDescriptor
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let room = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var messages: [Cue] = []
    private var bytes = 0
    /// Connections that the messages to come need, with the recorded time of the first.
    private var announcements: [Announcement] = []
    private var state = State.open
    private var consumerWaits = false
    /// Whether the producer waits for room.
    private var isStalled = false

    init(limits: Limits, wake: EventDescriptor) {
        self.limits = limits
        self.wake = wake
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(room, nil)
    }

    deinit {
        pthread_cond_destroy(room)
        pthread_mutex_destroy(mutex)
        room.deallocate()
        mutex.deallocate()
    }

    /// A connection that is needed soon.
    struct Announcement: Sendable, Hashable {
        var connection: DeviceID?
        var offset: Int64
    }

    /// Says ahead of its messages that a connection is needed.
    func announce(_ announcement: Announcement) {
        locked {
            announcements.append(announcement)
            if consumerWaits { signalConsumer() }
        }
    }

    /// Takes what was announced, in order.
    func takeAnnouncements() -> [Announcement] {
        locked {
            defer { announcements = [] }
            return announcements
        }
    }

    /// Adds a message, waiting for room.
    ///
    /// - Returns: false when nobody wants messages any more.
    func push(_ message: Cue) -> Bool {
        locked {
            while case .open = state, isFull(with: message.cost) {
                signalConsumer()
                pthread_cond_wait(room, mutex)
            }
            guard case .open = state else { return false }
            messages.append(message)
            bytes += message.cost
            if consumerWaits { signalConsumer() }
            return true
        }
    }

    /// Says that nothing more comes, with the error that is the reason, if any.
    func finish(_ error: (any Error)?) {
        locked {
            guard case .open = state else { return }
            state = .finished(error)
            signalConsumer()
        }
    }

    /// Says that nobody wants messages any more; a producer that waits goes on at once.
    func cancel() {
        locked {
            state = .cancelled
            messages = []
            announcements = []
            bytes = 0
            pthread_cond_broadcast(room)
        }
    }

    /// Takes everything that is queued, without waiting.
    func take() -> Load {
        locked {
            guard messages.isEmpty else {
                let taken = messages
                messages = []
                messages.reserveCapacity(min(taken.count, limits.messages))
                bytes = 0
                isStalled = false
                pthread_cond_signal(room)
                return .messages(taken)
            }
            switch state {
            case .open:
                consumerWaits = true
                return .empty
            case .finished(let error?): return .failed(error)
            case .finished(nil), .cancelled: return .finished
            }
        }
    }

    /// Whether the queue is as full as it gets, or nothing more comes; if not, the wake signal will tell.
    var isReady: Bool {
        locked {
            // A byte less than full may be all there ever is, when the next message is a large one.
            if case .open = state { return isStalled || messages.count >= limits.messages || bytes >= limits.bytes }
            return true
        }
    }

    /// How much is queued: for tests.
    var fill: (messages: Int, bytes: Int) { locked { (messages.count, bytes) } }

    private func isFull(with cost: Int) -> Bool {
        let full = !messages.isEmpty && (messages.count >= limits.messages || bytes + cost > limits.bytes)
        isStalled = full
        return full
    }

    private func signalConsumer() {
        consumerWaits = false
        wake.signal()
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
