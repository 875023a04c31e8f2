import CLinux

/// Wakes a thread that waits for descriptors: an eventfd(2) that lives as long as anybody holds it, so that a thread
/// that is late never writes into a descriptor that has become another file's.
public final class EventDescriptor: Sendable {
    /// For waiting; -1 where the system has none to give.
    public let descriptor: Int32

    /// Asks the system for one.
    public init() {
        descriptor = tapedeck_eventfd()
    }

    deinit {
        tapedeck_close(descriptor)
    }

    /// Makes it readable: ends the wait, or the next one.
    public func signal() {
        tapedeck_eventfd_signal(descriptor)
    }

    /// Makes it unreadable until it is signalled again.
    public func clear() {
        tapedeck_eventfd_clear(descriptor)
    }
}
