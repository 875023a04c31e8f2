import DeviceProtocol
import MQTTWire
import Tape

/// How a replay connects.
public enum ConnectionMode: Sendable, Hashable {
    /// Everything goes over one connection.
    case single
    /// What a device said goes over a connection of that device, at most so many of them; the rest over one more.
    case perDevice(limit: Int)

    /// The most connections of devices that are allowed without asking.
    public static let defaultLimit = 1_000
}

/// The connections of a replay.
final class LaneTable {
    let mode: ConnectionMode
    /// Whether the target's commands are listened to.
    let listens: Bool
    private let host: LaneHost
    private(set) var all: [Lane] = []
    private(set) var main: Lane
    private var devices: [DeviceID: Lane] = [:]
    private var nextTick: Int64 = .min

    init(_ mode: ConnectionMode, listens: Bool, host: LaneHost) {
        self.mode = mode
        self.listens = listens
        self.host = host
        main = Lane(number: 0, role: .main, host: host)
        all = [main]
        if listens, mode == .single {
            all.append(Lane(number: 1, role: .listener, filters: Self.commandFilters(of: nil), host: host))
        }
    }

    /// The lanes that are needed whatever is published.
    var permanent: [Lane] { mode == .single ? all : [] }

    /// The lane of a device, or the main one; nil when there are too many.
    func lane(for device: DeviceID?) -> Lane? {
        guard let device, case .perDevice(let limit) = mode else { return main }
        if let lane = devices[device] { return lane }
        guard devices.count < limit else { return nil }
        let lane = Lane(
            number: all.count, role: .device(device), filters: listens ? Self.commandFilters(of: device) : [],
            host: host)
        devices[device] = lane
        all.append(lane)
        return lane
    }

    /// The topics on which commands come, of one device or of all.
    static func commandFilters(of device: DeviceID?) -> [TopicFilter] {
        ["commands", "command", "command/children"].compactMap {
            try? TopicFilter("v1/device/\(device?.text ?? "+")/\($0)")
        }
    }

    /// Reads what has come, and sends what waited for it.
    func serve() {
        host.opener.deliver()
        guard !host.attention.isEmpty else { return }
        let lanes = host.attention
        host.attention.removeAll(keepingCapacity: true)
        for lane in lanes {
            lane.isAttended = false
            if lane.isReadable { lane.serve() }
            if !lane.isFlushed { lane.flush() }
            if !lane.parked.isEmpty, !host.isStopped { lane.pump() }
            // What the socket did not take, or what was not read to its end, stays on the list.
            if lane.isReadable || !lane.isFlushed { lane.attend() }
            if !lane.parked.isEmpty, lane.isOpen { lane.attend() }
        }
    }

    /// Looks at the timers of all lanes where one is due.
    func tick(_ now: Int64) {
        guard host.needsTick || now >= nextTick else { return }
        host.needsTick = false
        for lane in all { lane.tick(now) }
        nextTick = all.reduce(.max) { min($0, $1.nextTimer) }
    }

    /// When a timer is due, ns of the monotonic clock.
    func nextTimer(after now: Int64) -> Int64 {
        host.needsTick || host.attention.contains { $0.isReadable } ? now : nextTick
    }

    /// Whether nothing is on its way and nothing waits for a connection.
    var isIdle: Bool { all.allSatisfy(\.isIdle) }
    /// Whether there is nothing to wait for when nothing more is sent.
    var isDrained: Bool { all.allSatisfy { $0.isIdle || !$0.isOpen } }
    /// Messages that were sent and are not acknowledged.
    var unacknowledged: Int { all.reduce(0) { $0 + $1.unacknowledged } }

    /// Why nothing can be published any more; nil while something can.
    ///
    /// Where each device has a connection, others may still come about.
    var end: ReplayReport.Ending? {
        guard mode == .single else { return nil }
        for lane in all { if case .gone(let ending) = lane.state { return ending } }
        return nil
    }

    /// Ends all connections in order.
    func close() {
        for lane in all { lane.close() }
    }
}
