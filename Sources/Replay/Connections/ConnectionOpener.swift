import MQTTSession
import Synchronization
import Threads

/// Makes connections; looking up a name and opening a socket take time that the schedule does not have.
protocol ConnectionOpener: AnyObject {
    /// Begins to open the connection of a lane, which hears of it by ``Lane/made(_:)`` or ``Lane/failed(_:)``, at once
    /// or by a later ``deliver()``.
    func open(_ lane: Lane)
    /// Hands over what is finished.
    func deliver()
}

/// Opens connections on the calling thread: right where nothing else is to be done meanwhile.
final class DirectOpener: ConnectionOpener {
    private let make: (LaneRole) throws(ConnectionError) -> any PublishTarget

    init(_ make: @escaping (LaneRole) throws(ConnectionError) -> any PublishTarget) {
        self.make = make
    }

    func open(_ lane: Lane) {
        do {
            let target = try make(lane.role)
            try target.connect()
            lane.made(target)
        } catch {
            lane.failed(.connection(error))
        }
    }

    func deliver() {}
}

/// Opens connections on a few threads of its own.
final class ThreadedOpener: ConnectionOpener {
    /// A connection on its way from the thread that opened it to the one that uses it.
    private struct Made: @unchecked Sendable {
        // Sendable holds because the opening thread lets go of it before the other thread takes it from the mutex.
        var lane: Int
        var result: Result<any PublishTarget, ConnectionError>
    }

    private final class Exchange: Sendable {
        let orders = Mutex<[(lane: Int, role: LaneRole)]>([])
        let made = Mutex<[Made]>([])
        let threads = Mutex(0)
    }

    private static let threadLimit = 4
    private let exchange = Exchange()
    private let wake: EventDescriptor
    private let make: @Sendable (LaneRole) throws(ConnectionError) -> any PublishTarget
    private var lanes: [Int: Lane] = [:]

    init(wake: EventDescriptor, _ make: @escaping @Sendable (LaneRole) throws(ConnectionError) -> any PublishTarget) {
        self.wake = wake
        self.make = make
    }

    func open(_ lane: Lane) {
        lanes[lane.number] = lane
        exchange.orders.withLock { $0.append((lane.number, lane.role)) }
        let isNeeded = exchange.threads.withLock { threads in
            guard threads < Self.threadLimit else { return false }
            threads += 1
            return true
        }
        guard isNeeded else { return }
        do {
            try DetachedThread.start { [exchange, wake, make] in Self.work(exchange, wake, make) }
        } catch {
            let others = exchange.threads.withLock { threads in
                threads -= 1
                return threads
            }
            if others == 0 { Self.work(exchange, wake, make) }
        }
    }

    func deliver() {
        guard !lanes.isEmpty else { return }
        let made = exchange.made.withLock { made in
            defer { made = [] }
            return made
        }
        for made in made {
            guard let lane = lanes.removeValue(forKey: made.lane) else { continue }
            switch made.result {
            case .success(let target): lane.made(target)
            case .failure(let error): lane.failed(.connection(error))
            }
        }
    }

    /// Opens what was ordered until there is nothing left.
    private static func work(
        _ exchange: Exchange, _ wake: EventDescriptor,
        _ make: @Sendable (LaneRole) throws(ConnectionError) -> any PublishTarget
    ) {
        while true {
            let next: (lane: Int, role: LaneRole)? = exchange.threads.withLock { threads in
                // Under both locks, so that an order that comes now finds either this thread or a new one.
                let next = exchange.orders.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                if next == nil { threads -= 1 }
                return next
            }
            guard let next else { return }
            let made: Made
            do throws(ConnectionError) {
                let target = try make(next.role)
                try target.connect()
                made = Made(lane: next.lane, result: .success(target))
            } catch {
                made = Made(lane: next.lane, result: .failure(error))
            }
            exchange.made.withLock { $0.append(made) }
            wake.signal()
        }
    }
}
