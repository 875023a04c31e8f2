import CLinux

/// An eventfd(2) that lives as long as anybody holds it: a thread that is late must not write into a descriptor that
/// has become another file's.
final class EventDescriptor: Sendable {
    /// For waiting; -1 where the system has none to give.
    let descriptor = tapedeck_eventfd()

    deinit {
        tapedeck_close(descriptor)
    }

    /// Makes it readable.
    func signal() {
        tapedeck_eventfd_signal(descriptor)
    }

    /// Makes it unreadable until it is signalled again.
    func clear() {
        tapedeck_eventfd_clear(descriptor)
    }
}
