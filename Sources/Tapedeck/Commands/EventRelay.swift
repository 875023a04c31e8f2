import Foundation

/// Hands events to a thread of its own, so that whoever sends them never waits for a slow terminal or log reader.
///
/// Bounded: when nobody takes them, events that may be dropped are, and beyond ``limit`` all are.
final class EventRelay<Event: Sendable>: @unchecked Sendable {  // All state is guarded by `condition`.
    private let condition = NSCondition()
    private var waiting: [Event] = []
    private var isHandling = false
    /// Events that wait at most.
    private let limit = 1_000

    /// Starts the thread; it ends with the process.
    init(_ handle: @escaping @Sendable (Event) -> Void) {
        let thread = Thread { [self] in
            while true { handle(next()) }
        }
        thread.name = "events"
        thread.start()
    }

    /// Queues an event; one that `mayBeDropped` is dropped while others wait.
    func send(_ event: Event, mayBeDropped: Bool = false) {
        condition.lock()
        defer { condition.unlock() }
        guard waiting.count < (mayBeDropped ? 1 : limit) else { return }
        waiting.append(event)
        condition.broadcast()
    }

    /// Waits until everything was handled, but no longer than `seconds`.
    func drain(within seconds: Double) {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while !waiting.isEmpty || isHandling {
            guard condition.wait(until: deadline) else { return }
        }
    }

    private func next() -> Event {
        condition.lock()
        defer { condition.unlock() }
        isHandling = false
        condition.broadcast()
        while waiting.isEmpty { condition.wait() }
        isHandling = true
        return waiting.removeFirst()
    }
}
