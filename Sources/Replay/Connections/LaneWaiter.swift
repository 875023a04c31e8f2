import CLinux
import Threads

/// Waits for sockets and for time.
protocol LaneWaiter: AnyObject {
    /// Begins to watch the socket of a lane.
    func watch(_ lane: Lane)
    /// Watches it no more; called before the socket is closed.
    func forget(_ lane: Lane)
    /// Whether room for writing is awaited too.
    func await(writing: Bool, of lane: Lane)
    /// Waits until a socket is ready, somebody wakes us, or time is up, and tells the lanes.
    ///
    /// May return early.
    ///
    /// - Parameters:
    ///   - timeout: ns.
    ///   - reading: false where nothing that arrives is worth waking up for; may be ignored.
    func wait(timeout: Int64, reading: Bool)
}

/// Waits with poll(2) for one socket and with epoll(7) for many.
final class SocketWaiter: LaneWaiter {
    private let wake: EventDescriptor
    private var lanes: [Int: (lane: Lane, descriptor: Int32, writing: Bool)] = [:]
    private var epoll: Int32 = -1

    init(wake: EventDescriptor) {
        self.wake = wake
    }

    deinit {
        tapedeck_close(epoll)
    }

    func watch(_ lane: Lane) {
        guard let descriptor = lane.target?.descriptor, descriptor >= 0 else { return }
        lanes[lane.number] = (lane, descriptor, false)
        if epoll >= 0 {
            tapedeck_epoll_set(epoll, descriptor, UInt64(lane.number), true, false)
        } else if lanes.count > 1 {
            epoll = tapedeck_epoll()
            for (number, entry) in lanes {
                tapedeck_epoll_set(epoll, entry.descriptor, UInt64(number), true, entry.writing)
            }
        }
    }

    func forget(_ lane: Lane) {
        guard let entry = lanes.removeValue(forKey: lane.number) else { return }
        if epoll >= 0 { tapedeck_epoll_set(epoll, entry.descriptor, 0, false, false) }
    }

    func await(writing: Bool, of lane: Lane) {
        guard let entry = lanes[lane.number], entry.writing != writing else { return }
        lanes[lane.number]?.writing = writing
        if epoll >= 0 { tapedeck_epoll_set(epoll, entry.descriptor, UInt64(lane.number), true, writing) }
    }

    func wait(timeout: Int64, reading: Bool) {
        // The kernel may let a wait last a thousandth longer, whatever the timer slack (select_estimate_accuracy in
        // fs/select.c). So a long one ends early, and the rest of it, with its own thousandth, is waited for anew.
        let timeout = timeout > 4_000_000 ? timeout - timeout / 128 : timeout
        if epoll >= 0 {
            let bits = Int(tapedeck_poll(epoll, true, false, wake.descriptor, timeout))
            if bits & TAPEDECK_WOKEN != 0 { wake.clear() }
            if bits & TAPEDECK_READABLE != 0 { collect() }
            return
        }
        let only = lanes.first?.value
        let bits = Int(
            tapedeck_poll(only?.descriptor ?? -1, reading, only?.writing ?? false, wake.descriptor, timeout))
        if bits & TAPEDECK_WOKEN != 0 { wake.clear() }
        if bits & TAPEDECK_READABLE != 0 { only?.lane.noteReadable() }
    }

    private func collect() {
        var tokens = [UInt64](repeating: 0, count: 64)
        var bits = [Int32](repeating: 0, count: 64)
        let count = Int(tapedeck_epoll_take(epoll, &tokens, &bits, 64))
        for index in 0..<max(0, count) {
            guard let entry = lanes[Int(tokens[index])] else { continue }
            if Int(bits[index]) & TAPEDECK_READABLE != 0 { entry.lane.noteReadable() }
        }
    }
}
