import Glibc

/// A descriptor that ends a wait: an eventfd(2) that stop signals and the reading thread write to.
public struct WakeSignal: Sendable {
    /// The descriptor to wait for; -1 for none.
    public let descriptor: Int32

    /// Wakes through a non-blocking eventfd that the caller keeps open.
    public init(eventDescriptor: Int32) {
        descriptor = eventDescriptor
    }

    /// Ends the wait, or the next one.
    func signal() {
        guard descriptor >= 0 else { return }
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Makes the next wait last again.
    func reset() {
        guard descriptor >= 0 else { return }
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
