import DeviceProtocol
import Glibc
import MQTTSession
import Testing
import Threads

@testable import Replay

/// Connections made and waited for on the system itself.
final class ConnectionOpenerTests {
    private let clock = ManualClock()
    private let wake = EventDescriptor()
    /// Two ends of a socket.
    private var ends: [Int32] = [-1, -1]

    init() {
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends)
    }

    deinit {
        for end in ends { close(end) }
    }

    private func host(_ opener: any ConnectionOpener, _ waiter: any LaneWaiter) -> LaneHost {
        LaneHost(
            report: ReplayReport(pace: .maximum, planned: 0), limits: PublisherLimits(), clock: clock, opener: opener,
            waiter: waiter, checkPeer: { _ throws(ReplayError) in }, observe: { _ in })
    }

    private func isReadable(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 120_000) == 1
    }

    @Test func `a connection that does not come about on another thread is told to the lane by this one`() throws {
        let opener = ThreadedOpener(wake: wake) { role throws(ConnectionError) in
            throw .unreachable(broker: "mqtt://nowhere.example:1883", reason: "\(role)")
        }
        let host = host(opener, ManualWaiter(clock))
        let lanes = (0..<6).map { Lane(number: $0, role: .device(DeviceID("d\($0)")), host: host) }
        for lane in lanes { lane.open() }
        while lanes.contains(where: { $0.lastFailure == nil }) {
            try #require(isReadable(wake.descriptor))
            wake.clear()
            opener.deliver()
        }
        for lane in lanes {
            #expect(lane.lastFailure?.description.contains("\(lane.role)") == true)
            guard case .waiting = lane.state else {
                Issue.record("\(lane.state)")
                return
            }
        }
    }

    @Test(arguments: [1, 2]) func `a wait for room in a socket ends when there is some`(count: Int) throws {
        let waiter = SocketWaiter(wake: wake)
        let host = host(DirectOpener { [clock] _ in ScriptedTarget(clock) }, waiter)
        let lanes = (0..<count).map { Lane(number: $0, role: .main, host: host) }
        // Of several lanes the others have the other end, on which nothing ever happens.
        for lane in lanes {
            let target = ScriptedTarget(clock)
            target.descriptor = lane.number == 0 ? ends[0] : wakeless.descriptor
            lane.target = target
            waiter.watch(lane)
        }
        let chunk = [UInt8](repeating: 0, count: 4_096)
        while send(ends[0], chunk, chunk.count, Int32(MSG_NOSIGNAL)) > 0 {}
        waiter.await(writing: true, of: lanes[0])
        let began = ContinuousClock.now
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while recv(ends[1], &buffer, buffer.count, 0) > 0 {}
        waiter.wait(timeout: 600_000_000_000, reading: false)
        #expect(ContinuousClock.now - began < .seconds(300))
        // Nobody waits for room any longer: only the wake signal ends the next wait.
        waiter.await(writing: false, of: lanes[0])
        wake.signal()
        waiter.wait(timeout: 600_000_000_000, reading: false)
        #expect(ContinuousClock.now - began < .seconds(300))
    }

    private let wakeless = EventDescriptor()
}
